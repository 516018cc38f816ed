import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { client } from '../../generated/client.gen';

/** Where a terminal is; `detail` and `refused` say why it ended where the server told more than its code. */
export type TerminalState =
  | { is: 'opening' }
  | { is: 'ready'; idleSeconds?: number }
  | { is: 'closed'; code: number | 'lost'; detail?: string; refused?: Error };

const KNOWN = [1000, 1001, 4401, 4403, 4408, 4502];
interface Control { type: 'ready' | 'idle' | 'busy' | 'exit' | 'error'; seconds?: number; detail?: string }

/** Opens the shell at `path` over a WebSocket and shows it in the element of `box` until it is unmounted. */
export function useTerminal(path: string, label: string): { box: RefObject<HTMLDivElement | null>; state: TerminalState } {
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef<Terminal>(undefined);
  const [state, setState] = useState<TerminalState>({ is: 'opening' });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const terminal = new Terminal({ fontSize: 14, fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Noto Sans Mono CJK KR", monospace', cursorBlink: !window.matchMedia('(prefers-reduced-motion: reduce)').matches, screenReaderMode: true, scrollback: 5000, theme: { background: '#10161c', foreground: '#e6edf3' } });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(element);
    fit.fit();
    shown.current = terminal;
    // Tab belongs to the shell, so there must be another way out by keyboard.
    terminal.attachCustomKeyEventHandler((event) => {
      if (!(event.ctrlKey && event.shiftKey && event.key === 'Escape')) return true;
      terminal.blur();
      document.getElementById('content')?.focus();
      return false;
    });

    const socket = new WebSocket(`${window.location.origin.replace(/^http/, 'ws')}${path}?cols=${terminal.cols}&rows=${terminal.rows}`, ['mcmp.terminal']);
    socket.binaryType = 'arraybuffer';
    const bytes = new TextEncoder();
    let opened = false;
    let detail: string | undefined;
    let gone = false;
    socket.onopen = () => { opened = true; };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (typeof data !== 'string') return terminal.write(new Uint8Array(data));
      const message = JSON.parse(data) as Control;
      if (message.type === 'ready' || message.type === 'busy') setState({ is: 'ready' });
      if (message.type === 'ready') terminal.focus();
      if (message.type === 'idle') setState({ is: 'ready', idleSeconds: message.seconds ?? 0 });
      if (message.type === 'error') detail = message.detail;
    };
    socket.onclose = ({ code }) => {
      if (gone) return;
      terminal.options.disableStdin = true;
      const closed: TerminalState = { is: 'closed', code: KNOWN.includes(code) ? code : 'lost', ...(detail !== undefined && { detail }) };
      setState(closed);
      // A page is not told why a WebSocket was refused; the same address asked plainly says it.
      if (!opened) client.get({ url: path }).catch((error: unknown) => { if (!gone && error instanceof Error) setState({ ...closed, refused: error }); });
    };
    const typed = terminal.onData((text) => { if (socket.readyState === WebSocket.OPEN) socket.send(bytes.encode(text)); });
    const raw = terminal.onBinary((text) => { if (socket.readyState === WebSocket.OPEN) socket.send(Uint8Array.from(text, (letter) => letter.charCodeAt(0))); });
    const resized = terminal.onResize(({ cols, rows }) => { if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: 'resize', cols, rows })); });
    const watcher = new ResizeObserver(() => fit.fit());
    watcher.observe(element);
    return () => {
      gone = true;
      watcher.disconnect();
      for (const listener of [typed, raw, resized]) listener.dispose();
      socket.close();
      terminal.dispose();
    };
  }, [path]);
  // Another language is no reason to open another shell.
  useEffect(() => shown.current?.textarea?.setAttribute('aria-label', label), [label, path]);
  return { box, state };
}
