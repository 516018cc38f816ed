import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Answers, Public } from '../../platform/index.js';
import { Iam } from '../iam.js';
import { permissionsOf } from '../roles.js';
import { type Session, Sessions } from '../sessions.js';
import { Login, SessionBody } from './iam.dto.js';

const example = { user: { userId: '019a2c00-0000-7000-8000-000000000003', username: 'mina', role: 'operator', permissions: ['*:read', 'mci:*'] }, csrfToken: 'mZQ1…', expiresAt: '2026-11-25T17:00:00.000Z' };
const secure = (request: FastifyRequest): boolean => request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https';

/** Sessions of browsers; programs use bearer tokens. */
@Controller('v1/auth/session')
@Public()
export class SessionController {
  constructor(@Inject(Iam) private readonly iam: Iam, @Inject(Sessions) private readonly sessions: Sessions) {}

  @Post()
  @HttpCode(200)
  @Answers(200, 'Begins a session: sets an HttpOnly cookie, and gives the CSRF token that must come back in the header `x-csrf-token` with whatever changes something.', SessionBody, example)
  async begin(@Body({ schema: Login }) login: z.infer<typeof Login>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<z.infer<typeof SessionBody>> {
    const { cookie, session } = this.sessions.begin(await this.iam.login(login.username, login.password), secure(request));
    void reply.header('set-cookie', cookie);
    return this.body(session);
  }

  @Get()
  @Answers(200, 'Tells whose session the cookie is; `user` is null where there is none.', SessionBody, example)
  async show(@Req() request: FastifyRequest): Promise<z.infer<typeof SessionBody>> {
    const session = this.sessions.find(request);
    const none = { user: null, csrfToken: null, expiresAt: null };
    return session && !(await this.iam.endedSessions([session.id])).has(session.id) ? this.body(session).catch(() => none) : none;
  }

  @Delete()
  @HttpCode(204)
  @Answers(204, 'Ends the session: its cookie is of no more use, at any server.')
  async end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const session = this.sessions.find(request);
    if (session) await this.iam.endSession(session);
    void reply.header('set-cookie', this.sessions.endCookie(secure(request)));
  }

  private async body({ userId, csrfToken, expiresAt }: Session): Promise<z.infer<typeof SessionBody>> {
    const principal = await this.iam.principal(userId);
    return { user: { ...principal, permissions: [...permissionsOf(principal.role)] }, csrfToken, expiresAt: expiresAt.toISOString() };
  }
}
