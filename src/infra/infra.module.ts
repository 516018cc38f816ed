import { Module } from '@nestjs/common';
import { ConnectorModule } from '../connector/index.js';
import { IamModule } from '../iam/index.js';
import { Commands } from './commands.js';
import { MciController } from './http/mci.controller.js';
import { SummaryController } from './http/summary.controller.js';
import { TerminalController } from './http/terminal.controller.js';
import { VmsController } from './http/vms.controller.js';
import { Infra } from './infra.js';
import { Mcis } from './mcis.js';
import { OperationParts } from './parts.js';
import { Places } from './places.js';
import { Planner } from './planner.js';
import { Resources } from './resources.js';
import { Rows } from './rows.js';
import { Settler } from './settle.js';
import { SharedThings } from './shared-things.js';
import { Summaries } from './summary.js';
import { Terminals } from './terminals.js';

/** Infrastructure: MCIs over any clouds and regions. */
@Module({ imports: [IamModule, ConnectorModule], controllers: [MciController, SummaryController, TerminalController, VmsController], providers: [Infra, Mcis, Planner, Rows, Resources, Places, SharedThings, Settler, Commands, Summaries, OperationParts, Terminals], exports: [Infra, Mcis] })
export class InfraModule {}
