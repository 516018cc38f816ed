import { validRange } from 'semver';
import { z } from 'zod';
import { pageOf } from '../../kernel/page.js';
import { DRIVER_DEEDS } from '../drivers/drivers.entities.js';

const Time = z.iso.datetime();
const Label = z.object({ en: z.string(), ko: z.string().optional() });
const Field = z.object({
  name: z.string(), label: Label, help: Label.optional(), secret: z.boolean(), required: z.boolean(), pattern: z.string().optional(), multiline: z.boolean().optional().meta({ description: 'Its value has several lines, as a PEM key has' }), values: z.array(z.string()).optional(), default: z.string().optional(),
});
const flag = (fallback: 'true' | 'false', description: string) => z.enum(['true', 'false']).default(fallback).meta({ description });
const Hash = z.string().meta({ description: 'SHA-256 over the paths and contents of its files' });
const VersionText = z.string().min(1).max(100).meta({ description: 'A semantic version', example: '1.2.3' });
const Range = z.string().min(1).max(200).refine((range) => validRange(range) !== null, 'must be a range of semantic versions, e.g. ^1.2.0 or ~1.4 or 1.x').meta({ description: 'A range of semantic versions', example: '^1.2.0' });

export const DriverVersion = z.object({
  version: z.string(), hash: Hash,
  state: z.enum(['active', 'installed']).meta({ description: '`active`: it serves new calls; `installed`: it is known' }),
  source: z.string().meta({ description: '`folder` (dropped into the drivers folder), `upload`, or the URL that it came from' }),
  signature: z.object({ keyId: z.string(), trusted: z.boolean() }).nullable().meta({ description: 'The key that it was installed by, and whether that is trusted still' }),
  allowedBy: z.uuid().nullable().meta({ description: 'The administrator who allowed it without a trusted signature' }),
  installedBy: z.uuid().nullable(), installedAt: Time.nullable(), capabilities: z.array(z.string()),
});
export const Driver = z.object({
  name: z.string(),
  version: z.string().nullable().meta({ description: 'The version that serves' }),
  state: z.enum(['ready', 'failed', 'inactive']).meta({ description: '`ready`: serves calls; `failed`: the folder holds a broken one; `inactive`: nothing serves, because somebody wanted it so' }),
  why: z.string().nullable().meta({ description: 'Why it serves nothing' }),
  hash: Hash.nullable(),
  source: z.enum(['folder', 'bundle']).nullable(),
  cloud: z.string().nullable(),
  title: Label.nullable(),
  capabilities: z.array(z.string()),
  credential: z.array(Field),
  options: z.array(Field),
  endpoint: z.enum(['optional', 'required', 'none']).nullable(),
  connections: z.int().meta({ description: 'How many connections speak through it' }),
  pinned: z.string().nullable().meta({ description: 'Range of versions outside which nothing is activated' }),
  previous: z.string().nullable().meta({ description: 'The version that a roll-back goes to' }),
  versions: z.array(DriverVersion),
  servers: z.array(z.object({ name: z.string(), hash: z.string().nullable(), state: z.enum(['ready', 'failed', 'inactive']), why: z.string().nullable(), seenAt: Time })).meta({ description: 'How each server stands to what was decided here; empty where nothing was' }),
});
export const DriverList = pageOf(Driver);

export const UploadQuery = z.strictObject({
  activate: flag('true', 'Whether it serves at once; `false` only installs it'),
  allowUnsigned: flag('false', 'Take it without a signature of a trusted key; written down with your name'),
});
export const ActivateDriver = z.strictObject({
  version: VersionText,
  from: z.enum(['folder', 'bundle']).optional().meta({ description: 'Needed only where folder and bundle have the same version; the bundle goes first' }),
  allowUnsigned: z.boolean().optional().meta({ description: 'Take it although the key that it was signed with is trusted no more' }),
}).meta({ example: { version: '1.2.3' } });
export const PinDriver = z.strictObject({ range: Range.nullable() }).meta({ example: { range: '~1.2' } });

export const DriverDeed = z.object({
  id: z.uuid(), at: Time, who: z.uuid().nullable().meta({ description: 'Null where a server did it by itself' }), what: z.enum(DRIVER_DEEDS), driver: z.string().nullable(), version: z.string().nullable(), hash: z.string().nullable(), detail: z.record(z.string(), z.unknown()),
});
export const DriverDeedPage = pageOf(DriverDeed);

export const DriverKey = z.object({ keyId: z.string(), title: z.string(), publicKey: z.string(), addedBy: z.uuid(), addedAt: Time, versions: z.array(z.string()).meta({ description: 'Installed versions that stand on it' }) });
export const DriverKeyList = pageOf(DriverKey);
export const AddDriverKey = z.strictObject({
  title: z.string().min(1).max(200).meta({ description: 'Whose it is' }),
  publicKey: z.string().min(1).max(4096).meta({ description: 'An ed25519 public key in PEM, as `mcmp-driver keygen` makes it' }),
}).meta({ example: { title: 'Acme drivers', publicKey: '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n' } });
export const RevokeQuery = z.strictObject({ revoke: flag('false', 'Take trust from it although versions stand on it; these run on') });
