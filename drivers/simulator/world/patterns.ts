/** Whether `vm.create`, `vm.*`, `*.list`, `*` or a provider's own API name fits a call. */
export function fits(pattern: string, call: { method: string; api: string }): boolean {
  if (pattern === '*' || pattern === call.method || pattern === call.api) return true;
  const [kind, verb, more] = pattern.split('.');
  if (verb === undefined || more !== undefined) return false;
  const [callKind, callVerb] = call.method.split('.');
  return (kind === '*' || kind === callKind) && (verb === '*' || verb === callVerb);
}
