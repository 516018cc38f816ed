import type { Kind } from '../attributes.js';
import { accountRules } from './account.js';
import { computeRules } from './compute.js';
import { networkRules } from './network.js';
import type { Rule } from './rule.js';
import { serviceRules } from './services.js';

/** What is made one by one; VMs have a file of their own. */
export type Made = Exclude<Kind, 'vm'>;

/** The rule of each kind. */
export const RULES: { readonly [K in Made]: Rule<K> } = { ...networkRules, ...computeRules, ...serviceRules, ...accountRules };

/** The rule of a kind, for code that works on all alike. */
export const ruleOf = <K extends Made>(kind: K): Rule<K> => RULES[kind] as Rule<K>;
