import { SetMetadata } from '@nestjs/common';

/** Metadata keys that the global guard reads. */
export const PERMISSION_MARK = 'mcmp:permission';
export const PUBLIC_MARK = 'mcmp:public';

/** The permission that a route needs, as `noun:verb`, e.g. `mci:create`. Every route carries this or {@link Public}. */
export const Permission = (permission: `${string}:${string}`) => SetMetadata(PERMISSION_MARK, permission);

/** A route that anyone may call. */
export const Public = () => SetMetadata(PUBLIC_MARK, true);
