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
  /** Numbers stand at the right. */
  end?: boolean;
  /** Whether it is hidden until somebody wants it. */
  hidden?: boolean;
}

const ROW_PX = 44;
const MOST_PX = 640;

/**
 * The table of every list: sorted, filtered, chosen from, with columns that are remembered in this browser; only the rows in sight are drawn, so that thousands stay smooth.
 * @param id unique name under which columns and order are remembered.
 */
export function List<Row>(props: {
  id: string; label: string; rows: readonly Row[] | undefined; columns: Column<Row>[]; rowId(row: Row): string;
  loading?: boolean; error?: Error | null; retry?: () => void; empty?: ReactNode; filters?: ReactNode;
  /** With it rows can be chosen; it shows what can be done with them. */
  selection?(rows: Row[], clear: () => void): ReactNode;
  height?: number;
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
  const columns = useMemo<ColumnDef<Row>[]>(() => props.columns.map((column) => ({ id: column.id, header: column.title, accessorFn: (row) => column.value(row) ?? undefined, sortUndefined: 'last', sortingFn: 'alphanumeric' })), [props.columns]);
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
  const shown = new Map(props.columns.map((column) => [column.id, column]));
  const chosen = props.selection ? table.getSelectedRowModel().rows.map(({ original }) => original) : [];

  if (props.error && !props.rows) return <ErrorNote error={props.error} {...(props.retry && { retry: props.retry })} />;
  if (!props.rows) return <Group justify="center" py="xl"><Loader aria-label={t('list.loading')} /></Group>;
  if (props.rows.length === 0 && props.empty) return <>{props.empty}</>;
  const visible = table.getVisibleLeafColumns();
  return (
    <Box>
      <Group justify="space-between" mb="xs" gap="xs" wrap="nowrap" align="flex-start">
        <Group gap="xs" style={{ flex: 1 }}>
          {!more && <TextInput size="xs" w={220} leftSection={<Search size={14} aria-hidden />} placeholder={t('list.search')} aria-label={t('list.search')} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />}
          {props.filters}
          <Text size="xs" c="dimmed" role="status" className="tabular">{t(more?.any ? 'list.first' : 'list.rows', { count: rows.length })}{chosen.length > 0 && ` · ${t('list.selected', { count: chosen.length })}`}</Text>
          {props.loading && <Loader size={14} aria-hidden />}
        </Group>
        <Menu closeOnItemClick={false}>
          <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={t('list.columns')}><Columns3 size={17} aria-hidden /></ActionIcon></Menu.Target>
          <Menu.Dropdown>
            {table.getAllLeafColumns().map((column) => <Menu.Item key={column.id} onClick={column.getToggleVisibilityHandler()} leftSection={<Checkbox size="xs" readOnly checked={column.getIsVisible()} tabIndex={-1} aria-hidden />}>{shown.get(column.id)?.title}</Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
      </Group>
      {props.error && <Box mb="xs"><ErrorNote error={props.error} {...(props.retry && { retry: props.retry })} /></Box>}
      {chosen.length > 0 && <Group mb="xs" gap="xs">{props.selection?.(chosen, () => setSelected({}))}</Group>}
      <Box ref={box} pos="relative" tabIndex={0} role="region" aria-label={props.label} bg="var(--mantine-color-body)" style={{ overflow: 'auto', maxHeight: props.height ?? MOST_PX, border: '1px solid var(--mantine-color-default-border)', borderRadius: 10 }}>
        <Table stickyHeader highlightOnHover verticalSpacing={6} aria-rowcount={rows.length} className="tabular">
          <Table.Thead>
            <Table.Tr>
              {props.selection && <Table.Th w={40}><Checkbox size="xs" aria-label={t('list.all')} checked={table.getIsAllRowsSelected()} indeterminate={table.getIsSomeRowsSelected()} onChange={table.getToggleAllRowsSelectedHandler()} /></Table.Th>}
              {visible.map((column) => {
                const sorted = order ? order.by === column.id && (order.descends ? 'desc' : 'asc') : column.getIsSorted();
                const fixed = order && !order.columns.includes(column.id);
                const of = shown.get(column.id);
                return (
                  <Table.Th key={column.id} w={of?.width} miw={of?.width} aria-sort={fixed ? undefined : sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'} ta={of?.end ? 'end' : undefined}>
                    {fixed ? <Text size="sm" fw={600}>{of?.title}</Text> : <Button variant="transparent" color="gray" size="compact-sm" px={0} fw={600} onClick={order ? () => order.choose(column.id) : column.getToggleSortingHandler()} rightSection={sorted === 'asc' ? <ArrowUp size={13} aria-hidden /> : sorted === 'desc' ? <ArrowDown size={13} aria-hidden /> : null}>{of?.title}</Button>}
                  </Table.Th>
                );
              })}
            </Table.Tr>
          </Table.Thead>
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

interface LineOf<Row> { row: Row; id: string; index: number; columns: readonly Column<Row>[]; selected: boolean; toggle?(id: string): void }

const Line = memo(function Line<Row>({ row, id, index, columns, selected, toggle }: LineOf<Row>) {
  const format = useFormat();
  return (
    <Table.Tr h={ROW_PX} aria-rowindex={index + 1} {...(selected && { bg: 'var(--mantine-primary-color-light)' })}>
      {toggle && <Table.Td><Checkbox size="xs" aria-label={id} checked={selected} onChange={() => toggle(id)} /></Table.Td>}
      {columns.map((column) => {
        const value = column.value(row);
        return <Table.Td key={column.id} ta={column.end ? 'end' : undefined} maw={320} className="ellipsis">{column.cell ? column.cell(row) : typeof value === 'number' ? format.number(value, 4) : (value ?? '—')}</Table.Td>;
      })}
    </Table.Tr>
  );
}) as <Row>(props: LineOf<Row>) => ReactNode;
