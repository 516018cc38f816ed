import { ActionIcon, Box, Button, Checkbox, Group, Loader, Menu, Table, Text, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { type ColumnDef, type RowSelectionState, type SortingState, getCoreRowModel, getFilteredRowModel, getSortedRowModel, useReactTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, Columns3, Search } from 'lucide-react';
import { type ReactNode, memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useFormat } from '../i18n/format';
import { useT } from '../i18n/words';
import { ErrorNote } from './error';

/** A column: what a cell shows, and by what it is sorted and found. */
export interface Column<Row> {
  id: string;
  title: string;
  /** The value by which rows are sorted and filtered. */
  value(row: Row): string | number | null;
  /** What is shown; absent shows the value. */
  cell?(row: Row): ReactNode;
  /** Pixels; the rest is shared among the others. */
  width?: number;
  /** Long text takes what the other columns leave, and is cut there. */
  grows?: boolean;
  /** Numbers stand at the right. */
  end?: boolean;
  /** Whether it is hidden until somebody wants it. */
  hidden?: boolean;
}

const collator = new Intl.Collator(undefined, { numeric: true });
/** Numbers by size, words as a person orders them: "web-2" before "web-10". */
const inOrder = (one: unknown, other: unknown): number => (typeof one === 'number' && typeof other === 'number' ? one - other : collator.compare(String(one), String(other)));

const ROW_PX = 44;
/** As much of the window as page head and filters leave. */
const MOST = 'max(360px, calc(100dvh - 270px))';

/**
 * The table of every list: sorted, filtered, chosen from, with columns that are remembered in this browser; only the rows in sight are drawn, so that thousands stay smooth.
 * @param id unique name under which columns and order are remembered.
 */
export function List<Row>(props: {
  id: string; label: string; rows: readonly Row[] | undefined; columns: Column<Row>[]; rowId(row: Row): string;
  loading?: boolean; error?: Error | null; retry?: () => void; empty?: ReactNode; filters?: ReactNode;
  /** With it rows can be chosen; it shows what can be done with them. */
  selection?(rows: Row[], clear: () => void): ReactNode;
  /** Of the table, at most: pixels, or as CSS says it. */
  height?: number | string;
  /** For lists of which only a part is here: the rest is loaded as one scrolls, so nothing is filtered in this browser. */
  more?: { any: boolean; loading: boolean; load(): void };
  /** Where the server puts rows in order: by which columns it can, and how it does now. */
  order?: { columns: readonly string[]; by: string; descends: boolean; choose(column: string): void };
}) {
  const t = useT();
  const [search, setSearch] = useState('');
  const [sorting, setSorting] = useLocalStorage<SortingState>({ key: `mcmp.list.${props.id}.sort`, defaultValue: [] });
  const [visibility, setVisibility] = useLocalStorage<Record<string, boolean>>({ key: `mcmp.list.${props.id}.columns`, defaultValue: Object.fromEntries(props.columns.filter(({ hidden }) => hidden).map(({ id }) => [id, false])) });
  const [selected, setSelected] = useState<RowSelectionState>({});
  const columns = useMemo<ColumnDef<Row>[]>(() => props.columns.map((column) => ({ id: column.id, header: column.title, accessorFn: (row) => column.value(row) ?? undefined, sortUndefined: 'last', sortingFn: (one, other, id) => inOrder(one.getValue(id), other.getValue(id)) })), [props.columns]);
  const data = useMemo(() => [...(props.rows ?? [])], [props.rows]);
  const table = useReactTable({
    data, columns, getRowId: props.rowId, manualSorting: props.order !== undefined, state: { sorting: props.order ? [] : sorting, columnVisibility: visibility, rowSelection: selected, globalFilter: search },
    onSortingChange: setSorting, onColumnVisibilityChange: setVisibility, onRowSelectionChange: setSelected, onGlobalFilterChange: setSearch,
    getCoreRowModel: getCoreRowModel(), getSortedRowModel: getSortedRowModel(), getFilteredRowModel: getFilteredRowModel(),
    getColumnCanGlobalFilter: () => true, globalFilterFn: 'includesString', enableRowSelection: props.selection !== undefined, autoResetAll: false,
  });
  const rows = table.getRowModel().rows;
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW_PX, overscan: 12 });
  const items = virtual.getVirtualItems();
  const { more, order } = props;
  const end = more?.any && !more.loading && (items.at(-1)?.index ?? 0) >= rows.length - 10;
  // Each growth of the list asks once more at most.
  useEffect(() => { if (end) more.load(); }, [end, rows.length, more]);
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  // A row is drawn again only where something of it changed: its row, its choice, or the columns.
  const drawn = useMemo(() => props.columns.filter(({ id }) => visibility[id] !== false), [props.columns, visibility]);
  const toggle = useCallback((id: string): void => setSelected(({ [id]: was, ...others }) => (was ? others : { ...others, [id]: true })), []);
  const chosen = props.selection ? table.getSelectedRowModel().rows.map(({ original }) => original) : [];
  const all = table.getIsAllRowsSelected();
  const some = table.getIsSomeRowsSelected();
  const toggleAll = useCallback((): void => table.toggleAllRowsSelected(), [table]);
  const sortBy = useCallback((column: string): void => table.getColumn(column)?.toggleSorting(), [table]);
  const hide = useCallback((column: string): void => table.getColumn(column)?.toggleVisibility(), [table]);

  if (props.error && !props.rows) return <ErrorNote error={props.error} {...(props.retry && { retry: props.retry })} />;
  if (!props.rows) return <Group justify="center" py="xl"><Loader aria-label={t('list.loading')} /></Group>;
  if (props.rows.length === 0 && props.empty) return <>{props.empty}</>;
  return (
    <Box>
      <Toolbar
        columns={props.columns} visibility={visibility} hide={hide} filters={props.filters} loading={props.loading === true} {...(!more && { search, find: setSearch })}
        status={`${t(more?.any ? 'list.first' : 'list.rows', { count: rows.length })}${chosen.length > 0 ? ` · ${t('list.selected', { count: chosen.length })}` : ''}`}
      />
      {props.error && <Box mb="xs"><ErrorNote error={props.error} {...(props.retry && { retry: props.retry })} /></Box>}
      {chosen.length > 0 && <Group mb="xs" gap="xs">{props.selection?.(chosen, () => setSelected({}))}</Group>}
      <Box ref={box} pos="relative" tabIndex={0} role="region" aria-label={props.label} bg="var(--mantine-color-body)" style={{ overflow: 'auto', maxHeight: props.height ?? MOST, border: '1px solid var(--mantine-color-default-border)', borderRadius: 10 }}>
        <Table stickyHeader highlightOnHover verticalSpacing={6} aria-rowcount={rows.length} className="tabular">
          <Head columns={drawn} {...(order ? { sortable: order.columns, by: order.by, descends: order.descends, sort: order.choose } : { by: sorting[0]?.id, descends: sorting[0]?.desc === true, sort: sortBy })} {...(props.selection && { all, some, toggleAll })} />
          <Table.Tbody>
            {before > 0 && <tr aria-hidden><td style={{ height: before }} /></tr>}
            {items.map(({ index }) => {
              const row = rows[index];
              return row && <Line key={row.id} row={row.original} id={row.id} index={index} columns={drawn} selected={row.getIsSelected()} {...(props.selection && { toggle })} />;
            })}
            {after > 0 && <tr aria-hidden><td style={{ height: after }} /></tr>}
          </Table.Tbody>
        </Table>
        {more?.any && <Group justify="center" p="xs"><Button size="xs" variant="subtle" color="gray" loading={more.loading} onClick={more.load}>{t('list.more')}</Button></Group>}
        {rows.length === 0 && <Group justify="center" p="lg"><Text size="sm" c="dimmed">{t(search === '' && !more ? 'list.empty' : 'list.nothing')}</Text>{search !== '' && <Button size="xs" variant="subtle" onClick={() => setSearch('')}>{t('list.clear')}</Button>}</Group>}
      </Box>
    </Box>
  );
}

interface ToolbarOf<Row> { columns: readonly Column<Row>[]; visibility: Record<string, boolean>; hide(id: string): void; filters: ReactNode; status: string; loading: boolean; search?: string; find?(text: string): void }

/** Over the table: filters, how many rows, which columns. Like the head it is drawn again only where it changed, not with each change of a row. */
const Toolbar = memo(function Toolbar<Row>({ columns, visibility, hide, filters, status, loading, search, find }: ToolbarOf<Row>) {
  const t = useT();
  return (
    <Group justify="space-between" mb="xs" gap="xs" wrap="nowrap" align="flex-start">
      <Group gap="xs" style={{ flex: 1 }}>
        {find && <TextInput size="xs" w={220} leftSection={<Search size={14} aria-hidden />} placeholder={t('list.search')} aria-label={t('list.search')} value={search ?? ''} onChange={(event) => find(event.currentTarget.value)} />}
        {filters}
        <Text size="xs" c="dimmed" role="status" className="tabular">{status}</Text>
        {loading && <Loader size={14} aria-hidden />}
      </Group>
      <Menu closeOnItemClick={false}>
        <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={t('list.columns')}><Columns3 size={17} aria-hidden /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          {columns.map(({ id, title }) => <Menu.Item key={id} onClick={() => hide(id)} leftSection={<Checkbox size="xs" readOnly checked={visibility[id] !== false} tabIndex={-1} aria-hidden />}>{title}</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}) as <Row>(props: ToolbarOf<Row>) => ReactNode;

interface HeadOf<Row> { columns: readonly Column<Row>[]; /** Those by which the server can sort; absent means all. */ sortable?: readonly string[]; by: string | undefined; descends: boolean; sort(id: string): void; all?: boolean; some?: boolean; toggleAll?(): void }

const Head = memo(function Head<Row>({ columns, sortable, by, descends, sort, all, some, toggleAll }: HeadOf<Row>) {
  const t = useT();
  return (
    <Table.Thead>
      <Table.Tr>
        {toggleAll && <Table.Th w={40}><Checkbox size="xs" aria-label={t('list.all')} checked={all === true} indeterminate={some === true} onChange={toggleAll} /></Table.Th>}
        {columns.map(({ id, title, width, end, grows }) => {
          const fixed = sortable !== undefined && !sortable.includes(id);
          const sorted = by !== id ? 'none' : descends ? 'descending' : 'ascending';
          return (
            <Table.Th key={id} w={grows ? '100%' : width} miw={width} aria-sort={fixed ? undefined : sorted} ta={end ? 'end' : undefined}>
              {fixed ? <Text size="sm" fw={600}>{title}</Text> : <Button variant="transparent" color="gray" size="compact-sm" px={0} fw={600} onClick={() => sort(id)} rightSection={sorted === 'ascending' ? <ArrowUp size={13} aria-hidden /> : sorted === 'descending' ? <ArrowDown size={13} aria-hidden /> : null}>{title}</Button>}
            </Table.Th>
          );
        })}
      </Table.Tr>
    </Table.Thead>
  );
}) as <Row>(props: HeadOf<Row>) => ReactNode;

interface LineOf<Row> { row: Row; id: string; index: number; columns: readonly Column<Row>[]; selected: boolean; toggle?(id: string): void }

const Line = memo(function Line<Row>({ row, id, index, columns, selected, toggle }: LineOf<Row>) {
  const format = useFormat();
  return (
    <Table.Tr h={ROW_PX} aria-rowindex={index + 1} {...(selected && { bg: 'var(--mantine-primary-color-light)' })}>
      {toggle && <Table.Td><Checkbox size="xs" aria-label={id} checked={selected} onChange={() => toggle(id)} /></Table.Td>}
      {columns.map((column) => {
        const value = column.value(row);
        return <Table.Td key={column.id} ta={column.end ? 'end' : undefined} maw={column.grows ? 0 : 320} className="ellipsis" title={!column.cell && typeof value === 'string' ? value : undefined}>{column.cell ? column.cell(row) : typeof value === 'number' ? format.number(value, 4) : (value ?? '—')}</Table.Td>;
      })}
    </Table.Tr>
  );
}) as <Row>(props: LineOf<Row>) => ReactNode;
