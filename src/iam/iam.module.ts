import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { IamGuard } from './guard.js';
import { IamController } from './http/iam.controller.js';
import { SessionController } from './http/session.controller.js';
import { Iam } from './iam.js';
import { Sessions } from './sessions.js';
import { Tokens } from './tokens.js';

/** Identity and access: the lowest domain. */
@Module({ imports: [DiscoveryModule], controllers: [IamController, SessionController], providers: [Iam, Tokens, Sessions, { provide: APP_GUARD, useClass: IamGuard }], exports: [Iam] })
export class IamModule {}
