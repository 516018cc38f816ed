import { DRIVER_ERROR_CODES, DriverError } from '@mcmp/driver-sdk';
import { expect, test } from '@jest/globals';
import { cloudProblem } from '../../src/connector/problems.js';

test.each(DRIVER_ERROR_CODES)('%s of a cloud is no fault of the caller\'s token and none of this server, and keeps its own code', (code) => {
  const problem = cloudProblem(new DriverError(code, 'as the cloud says it', { providerCode: 'Theirs', httpStatus: 500 }));
  expect([401, 403]).not.toContain(problem.status);
  expect(problem.status).toBeGreaterThanOrEqual(400);
  expect(problem.status).toBeLessThan(500);
  expect(problem.detail).toContain('as the cloud says it');
  expect(problem.more.extra).toMatchObject({ cloud: { code, providerCode: 'Theirs', httpStatus: 500 } });
});
