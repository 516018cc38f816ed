import type { Personality } from '../world/types.js';
import { alibaba } from './alibaba.js';
import { aws } from './aws.js';
import { azure } from './azure.js';
import { gcp } from './gcp.js';
import { ibm } from './ibm.js';
import { kt } from './kt.js';
import { ncp } from './ncp.js';
import { nhn } from './nhn.js';
import { openstack } from './openstack.js';
import { tencent } from './tencent.js';

/** The ten clouds that the box can play. Sources and dates: NOTICE.md and each file. */
export const personalities: Personality[] = [aws, azure, gcp, alibaba, tencent, ibm, ncp, nhn, kt, openstack];
