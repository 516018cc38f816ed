import { ActionIcon, Box, Stack, Text } from '@mantine/core';
import { Minus, Plus, RotateCcw } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, memo, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useT } from '../i18n/words';
import { type Cluster, type Dot, type Earth as Outlines, HEIGHT, WIDTH, clustered, readEarth, towards } from './world';

/** A place on the map: VMs by colour, or a region without any. */
export interface Place extends Dot { name: string; parts: { color: string; count: number }[]; /** Of its dot where it has no VMs; such a dot is larger than one that only says that there is a region. */ color?: string }

interface View { x: number; y: number; zoom: number }
const WHOLE: View = { x: 0, y: 0, zoom: 1 };
const MOST_ZOOM = 12;
const ARROWS: Record<string, readonly [number, number]> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const ZOOMS: Record<string, number> = { '+': 1.6, '=': 1.6, '-': 1 / 1.6 };

const bounded = ({ x, y, zoom }: View): View => {
  const z = Math.min(MOST_ZOOM, Math.max(1, zoom));
  return { zoom: z, x: Math.min(0, Math.max(WIDTH * (1 - z), x)), y: Math.min(0, Math.max(HEIGHT * (1 - z), y)) };
};
/** The view after zooming by a factor round a point of the map's plane. */
const zoomed = (view: View, factor: number, atX = WIDTH / 2, atY = HEIGHT / 2): View => {
  const zoom = Math.min(MOST_ZOOM, Math.max(1, view.zoom * factor));
  return bounded({ zoom, x: atX - ((atX - view.x) * zoom) / view.zoom, y: atY - ((atY - view.y) * zoom) / view.zoom });
};

/** The world with places on it, one or several of them chosen; near ones stand together until one zooms in. Works by mouse, touch and keyboard: one stop of the Tab key, within which arrows go from place to place. */
export function WorldMap({ places, chosen, choose, label }: { places: readonly Place[]; chosen?: string | ReadonlySet<string> | undefined; choose(keys: string[]): void; label: string }) {
  const t = useT();
  const [earth, setEarth] = useState<Outlines>();
  const [view, setView] = useState<View>(WHOLE);
  const svg = useRef<SVGSVGElement>(null);
  const drag = useRef<{ x: number; y: number; view: View } | undefined>(undefined);
  useEffect(() => void readEarth().then(setEarth, () => undefined), []);
  const clusters = useMemo(() => clustered(places, view.zoom), [places, view.zoom]);
  // Where the keyboard is: a place, which stays while those that stand together change.
  const [at, setAt] = useState<string>();
  const here = clusters.find(({ dots }) => dots.some(({ key }) => key === at)) ?? clusters[0];
  const keys = useId();
  const held = useRef(false);
  const focus = (key: string | undefined): void => svg.current?.querySelector<SVGGElement>(`[data-place="${CSS.escape(key ?? '')}"]`)?.focus();
  // The mark that the keyboard was at may have gone into another.
  useEffect(() => {
    if (held.current && document.activeElement === document.body) focus(here?.key);
    held.current = false;
  });

  const scale = (): number => WIDTH / (svg.current?.getBoundingClientRect().width || WIDTH);
  useEffect(() => {
    const element = svg.current;
    const wheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey && Math.abs(event.deltaY) < 4) return;
      event.preventDefault();
      const box = (element as SVGSVGElement).getBoundingClientRect();
      setView((now) => zoomed(now, Math.exp(-event.deltaY / 400), ((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT));
    };
    // React's own listener is passive, and the page would scroll too.
    element?.addEventListener('wheel', wheel, { passive: false });
    return () => element?.removeEventListener('wheel', wheel);
  }, []);
  const down = (event: PointerEvent): void => { drag.current = { x: event.clientX, y: event.clientY, view }; };
  const move = (event: PointerEvent): void => {
    const from = drag.current;
    if (!from || Math.hypot(event.clientX - from.x, event.clientY - from.y) < 4) return;
    setView(bounded({ ...from.view, x: from.view.x + (event.clientX - from.x) * scale(), y: from.view.y + (event.clientY - from.y) * scale() }));
  };
  const up = (): void => { drag.current = undefined; };

  const keyed = (event: KeyboardEvent): void => {
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
    const [arrow, factor] = [ARROWS[event.key], ZOOMS[event.key]];
    if (arrow) focus(towards(here, clusters, arrow)?.key);
    else if (factor !== undefined) setView((now) => zoomed(now, factor, now.x + here.x * now.zoom, now.y + here.y * now.zoom));
    else if (event.key === 'Enter' || event.key === ' ') choose(here.dots.map(({ key }) => key));
    else return;
    held.current = true;
    event.preventDefault();
  };
  const arrived = ({ key, x, y }: Cluster<Place>): void => {
    setAt(key);
    setView((now) => {
      const [left, top] = [now.x + x * now.zoom, now.y + y * now.zoom];
      return left > 0 && left < WIDTH && top > 0 && top < HEIGHT ? now : bounded({ zoom: now.zoom, x: WIDTH / 2 - x * now.zoom, y: HEIGHT / 2 - y * now.zoom });
    });
  };

  return (
    <Box pos="relative">
      <svg ref={svg} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={label} aria-describedby={keys} onKeyDown={keyed} style={{ display: 'block', width: '100%', borderRadius: 'var(--mantine-radius-lg)', touchAction: 'none', cursor: view.zoom > 1 ? 'grab' : 'default' }} onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerLeave={up}>
        <g transform={`translate(${view.x} ${view.y}) scale(${view.zoom})`}>
          <Earth earth={earth} zoom={view.zoom} />
          {clusters.map((cluster) => <Mark key={cluster.key} cluster={cluster} zoom={view.zoom} stop={cluster === here} arrived={arrived} chosen={cluster.dots.filter(({ key }) => (typeof chosen === 'string' ? key === chosen : chosen?.has(key) === true)).length} choose={choose} />)}
        </g>
      </svg>
      <Text id={keys} size="xs" className="map-keys">{t('map.keys')}</Text>
      <Stack gap={4} pos="absolute" right={12} bottom={12}>
        <ActionIcon variant="default" aria-label={`${t('map.zoomIn')}`} onClick={() => setView((now) => zoomed(now, 1.6))}><Plus size={16} aria-hidden /></ActionIcon>
        <ActionIcon variant="default" aria-label={`${t('map.zoomOut')}`} onClick={() => setView((now) => zoomed(now, 1 / 1.6))}><Minus size={16} aria-hidden /></ActionIcon>
        <ActionIcon variant="default" aria-label={`${t('map.whole')}`} onClick={() => setView(WHOLE)}><RotateCcw size={15} aria-hidden /></ActionIcon>
      </Stack>
    </Box>
  );
}

const Earth = memo(({ earth, zoom }: { earth: Outlines | undefined; zoom: number }) => (
  <g aria-hidden>
    <rect width={WIDTH} height={HEIGHT} fill="light-dark(#f4f8fa, #141a20)" />
    {earth && <>
      <path d={earth.sphere} fill="light-dark(#e6f0f5, #182129)" />
      <path d={earth.grid} fill="none" stroke="light-dark(#dbe6ec, #222c36)" strokeWidth={0.5 / zoom} />
      <path d={earth.land} fill="light-dark(#c9d6dd, #33414d)" stroke="light-dark(#b8c7d0, #3e4d5a)" strokeWidth={0.4 / zoom} />
    </>}
  </g>
));

/** One place or several that stand together: a ring of its VMs by colour with their number, or a dot where there are none. */
function Mark({ cluster, zoom, stop, arrived, chosen: count, choose }: { cluster: Cluster<Place>; zoom: number; /** Whether the Tab key stops here. */ stop: boolean; arrived(cluster: Cluster<Place>): void; /** How many of them are chosen. */ chosen: number; choose(keys: string[]): void }) {
  const chosen = count > 0;
  const total = cluster.dots.reduce((sum, { size }) => sum + size, 0);
  const color = cluster.dots[0]?.color;
  const radius = (total === 0 ? (color === undefined ? 2.6 : 5) : 6.5 + Math.min(11, Math.log2(total + 1) * 1.35)) / Math.sqrt(zoom) / (zoom > 1 ? Math.sqrt(zoom) : 1);
  const parts = new Map<string, number>();
  for (const { parts: own } of cluster.dots) for (const { color, count } of own) parts.set(color, (parts.get(color) ?? 0) + count);
  const name = cluster.dots.length === 1 ? cluster.dots[0]!.name : `${cluster.dots[0]!.name} +${cluster.dots.length - 1}`;
  let from = 0;
  return (
    <g transform={`translate(${cluster.x} ${cluster.y})`} role="button" tabIndex={stop ? 0 : -1} onFocus={() => arrived(cluster)} className="mark" aria-label={total > 0 ? `${name}: ${total}` : name} aria-pressed={chosen && count < cluster.dots.length ? 'mixed' : chosen} data-place={cluster.key} style={{ cursor: 'pointer' }} onClick={() => choose(cluster.dots.map(({ key }) => key))}>
      <title>{total > 0 ? `${name}: ${total}` : name}</title>
      <circle r={radius * 1.6} fill="transparent" />
      <circle className="mark-focus" r={radius + 5 / zoom} fill="none" strokeWidth={2.5 / zoom} />
      {total === 0 ? <circle r={radius} fill={chosen ? 'var(--mantine-primary-color-filled)' : (color ?? 'light-dark(#7d93a1, #7288a0)')} opacity={0.85} /> : (
        <>
          <circle r={radius} fill="light-dark(#fff, #10161c)" />
          {[...parts].map(([color, count]) => {
            const share = count / total;
            const arc = <circle key={color} r={radius * 0.82} fill="none" stroke={color} strokeWidth={radius * 0.36} pathLength={100} strokeDasharray={`${share * 100} 100`} strokeDashoffset={-from * 100} transform="rotate(-90)" />;
            from += share;
            return arc;
          })}
          <text textAnchor="middle" dy="0.35em" fontSize={radius * (total > 999 ? 0.62 : 0.78)} fontWeight={700} fill="light-dark(#10212b, #f2f6f9)" style={{ pointerEvents: 'none', fontVariantNumeric: 'tabular-nums' }}>{total}</text>
        </>
      )}
      {chosen && <circle r={radius * 1.35} fill="none" stroke="var(--mantine-primary-color-filled)" strokeWidth={1.4 / zoom} />}
    </g>
  );
}
