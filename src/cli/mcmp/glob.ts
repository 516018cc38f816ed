/** Whether a text fits a glob of `*` and `?`; undefined where the pattern has neither and a server can compare. */
export function globOf(pattern: string): ((text: string) => boolean) | undefined {
  if (!/[*?]/.test(pattern)) return undefined;
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  const fits = new RegExp(`^${source}$`, 'i');
  return (text) => fits.test(text);
}
