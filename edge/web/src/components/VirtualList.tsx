import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { rowAt, topsOf } from '../model/rowHeights';

interface VirtualListProps<T> {
    items: readonly T[];
    keyOf: (item: T) => string;
    /** The same for the same kind of item; `heights` tells when it answers otherwise. */
    heightOf: (item: T) => number;
    heights: unknown;
    label: string;
    /** This row is brought into view when it changes. */
    reveal: number | undefined;
    render: (item: T, index: number) => ComponentChildren;
}

const OVERSCAN = 8;

/** A list of rows of known heights, of which only those in view (and a few more) are in the document. */
export function VirtualList<T>({ items, keyOf, heightOf, heights, label, reveal, render }: VirtualListProps<T>) {
    const outer = useRef<HTMLDivElement>(null);
    const [view, setView] = useState({ top: 0, height: 800 });
    const tops = useMemo(() => topsOf(items, heightOf), [items, heights]);

    useLayoutEffect(() => {
        const element = outer.current!;
        const read = () => setView({ top: element.scrollTop, height: element.clientHeight });
        read();
        const resized = new ResizeObserver(read);
        resized.observe(element);
        element.addEventListener('scroll', read, { passive: true });
        return () => {
            resized.disconnect();
            element.removeEventListener('scroll', read);
        };
    }, []);

    useLayoutEffect(() => {
        if (reveal === undefined || reveal < 0 || reveal >= items.length) return;
        const element = outer.current!;
        const [top, bottom] = [tops[reveal]!, tops[reveal + 1]!];
        if (top < element.scrollTop) element.scrollTop = top;
        else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
    }, [reveal, heights]);

    const first = Math.max(0, rowAt(tops, view.top) - OVERSCAN);
    const end = Math.min(items.length, rowAt(tops, view.top + view.height) + 1 + OVERSCAN);
    return (
        <div class="virtual" ref={outer}>
            <ul aria-label={label} style={{ height: `${tops[items.length]}px` }}>
                {items.slice(first, end).map((item, i) => (
                    <li
                        key={keyOf(item)}
                        aria-setsize={items.length}
                        aria-posinset={first + i + 1}
                        style={{
                            height: `${tops[first + i + 1]! - tops[first + i]!}px`,
                            transform: `translateY(${tops[first + i]}px)`,
                        }}
                    >
                        {render(item, first + i)}
                    </li>
                ))}
            </ul>
        </div>
    );
}
