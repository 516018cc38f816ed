import type { Architecture, Image, Price, Spec } from '@mcmp/driver-sdk';

/** A price as the catalogue keeps it: which currency, who said so, and as of when. */
export type CataloguePrice = Pick<Price, 'currency' | 'perHour' | 'source' | 'asOf' | 'simulated'>;

/** A VM size that one connection can use in one region. */
export interface CatalogueSpec extends Spec {
  connectionId: string;
  cloud: string;
  /** On-demand price per hour with Linux; absent where none is known. */
  price?: CataloguePrice;
  /** ISO 8601 time at which the cloud was asked. */
  syncedAt: string;
}

/** An image that one connection can use in one region. */
export interface CatalogueImage extends Image {
  connectionId: string;
  cloud: string;
  /** ISO 8601 time at which the cloud was asked. */
  syncedAt: string;
}

/** A region as one connection sees it. */
export interface CatalogueRegion {
  connectionId: string;
  cloud: string;
  /** The provider's id, e.g. `ap-northeast-2`. */
  id: string;
  name: string;
  /** Degrees, where published. */
  latitude?: number;
  longitude?: number;
  /** False where the account has not opted in, or the connection's own list leaves it out. */
  enabled: boolean;
  zones: { id: string; available: boolean }[];
  /** Catalogue rows of the last sync. */
  specCount: number;
  imageCount: number;
  /** ISO 8601 time of the last whole sync of this region; absent before the first. */
  syncedAt?: string;
}

/** Asks for an image by what it holds. */
export interface ImageWish {
  /** e.g. `ubuntu`. */
  osFamily: string;
  /** e.g. `24.04`, or `24` for the newest of that line; absent takes any. */
  osVersion?: string;
  architecture: Architecture;
}

/** Asks for specs of about this size. */
export interface SpecWish {
  vcpu: number;
  memoryMiB: number;
  architecture: Architecture;
}

/** Parts of the catalogue that a sync can renew. */
export const CATALOGUE_PARTS = ['spec', 'image', 'price'] as const;
export type CataloguePart = (typeof CATALOGUE_PARTS)[number];
