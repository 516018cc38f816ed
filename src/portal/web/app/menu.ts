import { Boxes, Cable, Globe, ListChecks, Puzzle, ServerCog, Tags } from 'lucide-react';

/** The pages of the menu, in its order. */
export const MENU = [
  { to: '/', key: 'menu.home', Icon: Globe },
  { to: '/mcis', key: 'menu.mcis', Icon: Boxes },
  { to: '/operations', key: 'menu.operations', Icon: ListChecks },
  { to: '/connections', key: 'menu.connections', Icon: Cable },
  { to: '/drivers', key: 'menu.drivers', Icon: Puzzle },
  { to: '/catalogue', key: 'menu.catalogue', Icon: Tags },
  { to: '/platform', key: 'menu.platform', Icon: ServerCog },
] as const;
