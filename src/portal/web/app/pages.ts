/** All items of a list of the API, page after page. */
export async function allPages<T>(ask: (pageToken: string | undefined) => Promise<{ items: T[]; nextPageToken: string | null }>, most = 5000): Promise<T[]> {
  const items: T[] = [];
  let token: string | undefined;
  do {
    const page = await ask(token);
    items.push(...page.items);
    token = page.nextPageToken ?? undefined;
  } while (token !== undefined && items.length < most);
  return items;
}
