import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

/** Metadata keys that the global guard reads. */
export const PERMISSION_MARK = 'mcmp:permission';
export const PUBLIC_MARK = 'mcmp:public';

/** The permission that a route needs, as `noun:verb`, e.g. `mci:create`. Every route carries this or {@link Public}; the API document shows it as `x-permission`. */
export const Permission = (permission: `${string}:${string}`) => applyDecorators(SetMetadata(PERMISSION_MARK, permission), ApiExtension('x-permission', permission));

/** A route that anyone may call. */
export const Public = () => applyDecorators(SetMetadata(PUBLIC_MARK, true), ApiExtension('x-public', true));
