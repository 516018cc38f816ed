import { isIP } from 'node:net';
import { z } from 'zod';
import { StartError } from './start-error.js';

/** An integer variable with bounds; the empty string counts as unset. */
const integer = (min: number, max: number, fallback: number) =>
  z.preprocess((value) => (value === '' ? undefined : value), z.coerce.number().int().min(min).max(max).default(fallback));
const optionalText = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());

/** Addresses and ranges in a list with commas. */
const isRange = (text: string): boolean => {
  const [address = '', bits = '0', ...more] = text.split('/');
  return isIP(address) > 0 && !address.includes('%') && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128);
};

/** Where a cloud in a box answers: the line that it says when it starts. */
const Box = z.object({ control: z.url(), wires: z.record(z.string(), z.url()) });
export type Box = z.infer<typeof Box>;

const Environment = z.object({
  MCMP_HOST: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
  MCMP_PORT: integer(0, 65535, 8080).describe('port to listen on; 0 takes a free one'),
  DATABASE_URL: optionalText.pipe(z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://').optional()).describe('an outside PostgreSQL; without it the server runs its own'),
  MCMP_DATA_DIR: z.string().min(1).default('.data').describe('folder of the embedded PostgreSQL and of generated keys'),
  MCMP_ADMIN_PASSWORD: optionalText.pipe(z.string().min(12, 'must have at least 12 characters').optional()).describe('password of the first administrator; without it one is generated and shown once'),
  MCMP_SECRET_KEY: optionalText
    .pipe(z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 bytes in base64 (openssl rand -base64 32)').optional())
    .describe('master key that seals secrets; servers on one database share it'),
  MCMP_TOKEN_TTL_SECONDS: integer(1, 86_400, 3600).describe('life of an access token'),
  MCMP_SESSION_TTL_SECONDS: integer(1, 2_592_000, 28_800).describe('life of a session of the portal'),
  MCMP_TERMINAL_IDLE_SECONDS: integer(1, 86_400, 900).describe('a terminal without a key pressed is closed after this time'),
  MCMP_TERMINALS_MAX: integer(0, 10_000, 100).describe('terminals that this server holds open at once; 0 allows none'),
  MCMP_DRIVERS_DIR: z.string().min(1).default('drivers').describe('folder in which drivers are found, also while running'),
  MCMP_DRIVER_IDLE_MS: integer(1000, 86_400_000, 60_000).describe('a driver process without calls ends after this time'),
  MCMP_DRIVERS_MAY_REACH: z.string().default('').transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== ''))
    .refine((parts) => parts.every(isRange), 'must be addresses or ranges with commas between them, such as 169.254.169.254 or fd00:ec2::/32')
    .describe('link-local addresses and those of metadata services that drivers may connect to; none without it'),
  MCMP_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info').describe('least level that is logged'),
  MCMP_SERVER_NAME: optionalText.pipe(z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens').optional()).describe('stable name of this server among those on one database'),
  MCMP_BODY_LIMIT_BYTES: integer(1024, 67_108_864, 1_048_576).describe('largest request body'),
  MCMP_SIMULATED_CLOUDS: optionalText.transform((text, context): Box | undefined => {
    try {
      return text === undefined ? undefined : Box.parse(JSON.parse(text));
    } catch {
      context.addIssue('must be what the cloud in a box says when it starts: {"control":"http://…","wires":{…}}');
      return z.NEVER;
    }
  }).describe('the cloud in a box beside this server (its first line); its clouds can then be connected by one click'),
  MCMP_WORKERS: integer(0, 200, 32).describe('operations steps that this server runs at once; 0 runs none'),
});

/** The server's settings, read once from the environment. */
export interface Config {
  host: string;
  port: number;
  databaseUrl: string | undefined;
  dataDir: string;
  adminPassword: string | undefined;
  secretKey: string | undefined;
  tokenTtlSeconds: number;
  sessionTtlSeconds: number;
  terminalIdleSeconds: number;
  terminalsMax: number;
  driversDir: string;
  driverIdleMs: number;
  driversMayReach: string[];
  logLevel: string;
  serverName: string | undefined;
  bodyLimitBytes: number;
  workers: number;
  simulatedClouds: Box | undefined;
}

/** Injection token of {@link Config}. */
export const CONFIG = Symbol('Config');

/** Names every wrong variable at once, each with its rule. Values are never repeated: they may be secret. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError';
  constructor(readonly variables: { variable: string; rule: string }[]) {
    super(`Configuration is wrong:\n${variables.map(({ variable, rule }) => `  ${variable}: ${rule}`).join('\n')}`);
  }
}

/**
 * Reads the settings.
 * @throws ConfigError with all wrong and all unknown `MCMP_*` variables.
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const known = Object.keys(Environment.shape);
  const wrong = Object.keys(environment)
    .filter((variable) => variable.startsWith('MCMP_') && !variable.startsWith('MCMP_TEST_') && !variable.startsWith('MCMP_SKIP_') && !known.includes(variable))
    .map((variable) => ({ variable, rule: `is not known; known are ${known.join(', ')}` }));
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) wrong.unshift(...parsed.error.issues.map((issue) => ({ variable: String(issue.path[0]), rule: issue.message })));
  if (wrong.length > 0 || !parsed.success) throw new ConfigError(wrong);
  const values = parsed.data;
  return {
    host: values.MCMP_HOST, port: values.MCMP_PORT, databaseUrl: values.DATABASE_URL, dataDir: values.MCMP_DATA_DIR,
    adminPassword: values.MCMP_ADMIN_PASSWORD, secretKey: values.MCMP_SECRET_KEY, tokenTtlSeconds: values.MCMP_TOKEN_TTL_SECONDS,
    sessionTtlSeconds: values.MCMP_SESSION_TTL_SECONDS, terminalIdleSeconds: values.MCMP_TERMINAL_IDLE_SECONDS, terminalsMax: values.MCMP_TERMINALS_MAX, driversDir: values.MCMP_DRIVERS_DIR, driverIdleMs: values.MCMP_DRIVER_IDLE_MS, driversMayReach: values.MCMP_DRIVERS_MAY_REACH, logLevel: values.MCMP_LOG_LEVEL,
    serverName: values.MCMP_SERVER_NAME, bodyLimitBytes: values.MCMP_BODY_LIMIT_BYTES, workers: values.MCMP_WORKERS, simulatedClouds: values.MCMP_SIMULATED_CLOUDS,
  };
}

/** Every variable with its meaning and default, for the README. */
export const configTable = (): { variable: string; meaning: string; fallback: string }[] =>
  Object.entries(Environment.shape).map(([variable, schema]) => {
    const empty = schema.safeParse(undefined);
    return { variable, meaning: schema.description ?? '', fallback: empty.success && empty.data !== undefined ? String(empty.data) : '' };
  });
