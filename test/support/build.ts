import { execFileSync } from 'node:child_process';

/** Jest's global set-up: child processes (driver children, servers, the cloud in a box) run what was just built. */
export default function buildOnce(): void {
  if (process.env.MCMP_SKIP_BUILD === '1') return;
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
