/** Why the control door refuses a request. */
export class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}
