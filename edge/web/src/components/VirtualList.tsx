import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface VirtualListProps<T> {
    items: readonly T[];
    keyOf: (item: T) => string;
    rowHeight: number;
    label: string;
    /** This row is brought into view when it changes. */
    reveal: number | undefined;
    render: (item: T, index: number) => ComponentChildren;
}

const OVERSCAN = 8;

/** A list of rows of one height, of which only those in view (and a few more) are in the document. */
export function VirtualList<T>({ items, keyOf, rowHeight, label, reveal, render }: VirtualListProps<T>) {
    const outer = useRef<HTMLDivElement>(null);
    const [view, setView] = useState({ top: 0, height: 800 });

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
        if (reveal === undefined || reveal < 0) return;
        const element = outer.current!;
        const top = reveal * rowHeight;
        if (top < element.scrollTop) element.scrollTop = top;
        else if (top + rowHeight > element.scrollTop + element.clientHeight) {
            element.scrollTop = top + rowHeight - element.clientHeight;
        }
    }, [reveal, rowHeight]);

    const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
    const end = Math.min(items.length, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);
    return (
        <div class="virtual" ref={outer}>
            <ul aria-label={label} style={{ height: `${items.length * rowHeight}px` }}>
                {items.slice(first, end).map((item, i) => (
                    <li
                        key={keyOf(item)}
                        aria-setsize={items.length}
                        aria-posinset={first + i + 1}
                        style={{ height: `${rowHeight}px`, transform: `translateY(${(first + i) * rowHeight}px)` }}
                    >
                        {render(item, first + i)}
                    </li>
                ))}
            </ul>
        </div>
    );
}
