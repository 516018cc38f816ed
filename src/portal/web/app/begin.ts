import { LATEST_OPERATIONS, PROJECTS, REGIONS, summaryOf } from './asked';
import { projectNow } from './project';
import { queries } from './queries';
import { firstSession } from './session';

/** What is there by then is drawn at once, the rest as it comes. */
const MOMENT_MS = 300;

/** Has at hand what the first page shows, so that it is drawn once instead of piece by piece; waits no longer than a moment, and never fails. */
export function begin(): Promise<void> {
  const asked = firstSession().then(async ({ user }) => {
    if (user === null || location.pathname !== '/') return;
    await Promise.all([queries.prefetchQuery(REGIONS), queries.prefetchQuery(summaryOf(projectNow())), queries.prefetchQuery(PROJECTS), queries.prefetchQuery(LATEST_OPERATIONS)]);
  }, () => undefined);
  return Promise.race([asked, new Promise<void>((done) => setTimeout(done, MOMENT_MS))]);
}
