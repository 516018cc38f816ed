import { Controller, Get, Inject, Param, Query, Req, Res, applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CurrentPrincipal, Iam, type Principal } from '../../iam/index.js';
import { type CallerScope, CurrentScope, Permission, upgrade } from '../../platform/index.js';
import { Mcis } from '../mcis.js';
import { TERMINAL_PERMISSION, Terminals } from '../terminals.js';

const SizeQuery = z.strictObject({
  cols: z.coerce.number().int().min(1).max(1000).default(80).meta({ description: 'Width in characters' }),
  rows: z.coerce.number().int().min(1).max(1000).default(24).meta({ description: 'Height in characters' }),
});

const SUMMARY = 'Opens a shell on a running VM over a WebSocket.';
const PROTOCOL = `Ask with \`Upgrade: websocket\` and the subprotocol \`mcmp.terminal\`. A program sends its token as the header \`Authorization\`, or, where it cannot set headers, as one more subprotocol \`mcmp.bearer.<token>\`; a page of the portal comes with its session, and only from this server's own origin.

Binary messages are what the terminal reads and writes. Text messages are JSON: \`{"type":"resize","cols":120,"rows":40}\` to the server; \`{"type":"ready"}\`, \`{"type":"idle","seconds":30}\` before it is closed because no key was pressed, \`{"type":"busy"}\` when one was after all, \`{"type":"exit","code":0}\` and \`{"type":"error","detail":"…"}\` from it.

It is closed with 1000 where the shell ended, 1001 where the server stops, 4401 with the end of the session or token, 4403 where the permission is gone, 4408 after \`MCMP_TERMINAL_IDLE_SECONDS\`, 4502 where the VM does not answer over SSH. Without \`Upgrade\` the same refusals come as problem answers.`;
const Described = () => applyDecorators(ApiOperation({ summary: SUMMARY, description: PROTOCOL }), ApiResponse({ status: 101, description: 'The WebSocket is open' }));

/** Terminals of VMs. */
@Controller('v1/projects/:project/mcis/:mci/vms/:vm/terminal')
export class TerminalController {
  constructor(@Inject(Iam) private readonly iam: Iam, @Inject(Mcis) private readonly mcis: Mcis, @Inject(Terminals) private readonly terminals: Terminals) {}

  @Get()
  @Permission(TERMINAL_PERMISSION)
  @Described()
  async open(@CurrentPrincipal() principal: Principal, @CurrentScope() scope: CallerScope, @Param('project') project: string, @Param('mci') reference: string, @Param('vm') name: string, @Query({ schema: SizeQuery }) size: z.infer<typeof SizeQuery>, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const mci = await this.mcis.require(await this.iam.requireProject(principal, project), reference);
    const vm = await this.mcis.requireVm(mci, name);
    const admitted = this.terminals.admit(mci, vm);
    // Also where the client went away, or its handshake is refused.
    request.raw.socket.once('close', admitted);
    try {
      upgrade(request, reply, (socket) => {
        admitted();
        this.terminals.begin(socket, { principal, scope }, mci, vm, size);
      });
    } catch (error) {
      admitted();
      throw error;
    }
  }
}
