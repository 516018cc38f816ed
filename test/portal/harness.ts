import { createRequire } from 'node:module';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';
import type { Stage } from '../bench/stage.js';
import type { Language, Say } from './words.js';

/** What a journey has in hand: a page of its own browser session, the server and the clouds behind it. */
export interface Visit {
  page: Page;
  stage: Stage;
  /** The server's driver folder. */
  drivers: string;
  language: Language;
  /** The words of the portal in the language of this visit. */
  say: Say;
  /** A name that no other visit takes. */
  unique(stem: string): string;
  /** Logs the administrator in by the page, and waits for the home page. */
  logIn(): Promise<void>;
  /** Holds what is on the screen to the rules of every page, in the light and the dark: no violation of WCAG 2.2 AA, nothing wider than the window; and takes a picture of both. */
  see(name: string): Promise<void>;
  /** Counts a check; a failed one ends the journey. */
  check(what: string, holds: boolean): void;
  /** Answers of the server that this journey provokes, e.g. `401 /v1/auth/session`: the browser writes each to its console, which is otherwise empty. */
  expectRefusal(line: string): void;
}

export interface Journey {
  name: string;
  run(visit: Visit): Promise<void>;
  /** Languages it is played in; absent plays both. */
  languages?: readonly Language[];
}

/** What was found wrong: each a sentence. */
export interface Outcome { checks: number; failures: string[]; seconds: number }

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const PATIENCE_MS = 20_000;
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];

/** Chromium of this machine; undefined where there is none. MCMP_CHROMIUM names another one. */
export const findChromium = (): string | undefined => [process.env.MCMP_CHROMIUM ?? '', ...PLACES].find((path) => path !== '' && existsSync(path));

/** Starts it without a window. As root it runs without its own sandbox: it opens nothing but our own pages. */
export const openBrowser = (executablePath: string): Promise<Browser> => chromium.launch({ executablePath, args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])] });

interface Violation { id: string; help: string; nodes: { target: string[]; failureSummary: string }[] }

/** Plays one journey in one language, in a session of its own. */
export async function play(journey: Journey, { browser, pictures, ...given }: Pick<Visit, 'stage' | 'drivers' | 'language' | 'say'> & { browser: Browser; pictures: string }): Promise<Outcome> {
  const began = performance.now();
  const { stage, language, say } = given;
  const outcome: Outcome = { checks: 0, failures: [], seconds: 0 };
  const expected: string[] = [];
  const context = await browser.newContext({ baseURL: stage.address, locale: language === 'ko' ? 'ko-KR' : 'en-US', viewport: { width: 1440, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce', acceptDownloads: true });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  listen(context, page, stage.address, outcome, expected);
  const fail = (what: string): void => void outcome.failures.push(what);
  const visit: Visit = {
    ...given, page,
    unique: (stem) => `${stem}-${language}`,
    expectRefusal: (line) => void expected.push(line),
    check: (what, holds) => {
      outcome.checks += 1;
      if (!holds) throw new Error(what);
    },
    logIn: async () => {
      await page.goto('/login');
      await page.getByLabel(say('portal', 'login.username')).fill('admin');
      await page.locator('input[type=password]').fill(stage.password);
      await page.getByRole('button', { name: say('portal', 'login.submit') }).click();
      await page.getByRole('navigation', { name: say('portal', 'menu') }).waitFor();
    },
    see: async (name) => {
      await page.evaluate('document.fonts.ready.then(() => undefined)');
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor({ state: 'attached' });
        await page.waitForTimeout(250); // transitions of colours would be measured half-way
        await page.screenshot({ path: join(pictures, `${name}.${language}.${scheme}.png`), fullPage: true });
        for (const { id, help, nodes } of await violations(page)) fail(`${name} (${scheme}): ${id}: ${help}: ${nodes.slice(0, 3).map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary.split('\n').slice(1).join(' ').trim()}`).join(' | ')}`);
        outcome.checks += 1;
      }
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      if (over > 0) fail(`${name}: the page is ${over} px wider than the window`);
      const headings = await page.locator('h1:visible').count();
      if (headings !== 1) fail(`${name}: ${headings} headings of the first level`);
      outcome.checks += 2;
    },
  };
  mkdirSync(pictures, { recursive: true });
  try {
    await journey.run(visit);
  } catch (error) {
    fail((error as Error).message.split('\n').slice(0, 12).join('\n  '));
    await page.screenshot({ path: join(pictures, `failed-${journey.name}.${language}.png`), fullPage: true }).catch(() => undefined);
  }
  await context.close();
  return { ...outcome, seconds: Math.round((performance.now() - began) / 100) / 10 };
}

/** Whatever the browser complains of, throws, or asks another host for is a failure of the journey. */
function listen(context: BrowserContext, page: Page, address: string, outcome: Outcome, expected: string[]): void {
  const { host } = new URL(address);
  page.on('pageerror', (error) => outcome.failures.push(`the page threw: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const { url } = message.location();
    const status = /status of (\d+)/.exec(message.text())?.[1];
    const path = url.startsWith(address) ? new URL(url).pathname : url;
    if (status !== undefined && expected.some((line) => `${status} ${path}`.startsWith(line))) return;
    if (expected.includes('away') && /net::ERR_|WebSocket connection/.test(message.text())) return;
    outcome.failures.push(`console: ${message.text()} (${path})`);
  });
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) && url.host !== host) outcome.failures.push(`another host was asked: ${request.url()}`);
  });
}

async function violations(page: Page): Promise<Violation[]> {
  await page.evaluate(`window.axe || (() => { ${AXE} })()`);
  return page.evaluate<Violation[]>(`axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] }).then(({ violations }) => violations)`);
}
