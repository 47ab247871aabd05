import type { ComponentChildren } from 'preact';
import type { StatusKind } from '../model/status';

interface IconProps {
    size?: number;
    class?: string;
}

function Svg({ size = 16, class: name, children }: IconProps & { children: ComponentChildren }) {
    return (
        <svg
            class={`icon ${name ?? ''}`}
            width={size}
            height={size}
            viewBox="0 0 16 16"
            fill="none"
            stroke="currentColor"
            stroke-width="1.6"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
            focusable="false"
        >
            {children}
        </svg>
    );
}

/** Each status has its own shape, so that it is told without colour too. */
export function StatusIcon({ kind, size }: { kind: StatusKind; size?: number }) {
    return (
        <Svg size={size} class={`status-icon status-${kind}`}>
            {SHAPES[kind]}
        </Svg>
    );
}

const SHAPES: Record<StatusKind, ComponentChildren> = {
    working: (
        <>
            <circle cx="8" cy="8" r="6" opacity=".28" />
            <path d="M8 2a6 6 0 0 1 6 6" />
        </>
    ),
    queued: <circle cx="8" cy="8" r="6" stroke-dasharray="2.2 2.5" />,
    waiting: (
        <>
            <path d="M8 1.8 14.6 13.6H1.4Z" fill="currentColor" fill-opacity=".16" />
            <path d="M8 6.2v3.2M8 11.4v.1" />
        </>
    ),
    done: (
        <>
            <circle cx="8" cy="8" r="6" fill="currentColor" fill-opacity=".14" />
            <path d="m5.4 8.2 1.9 1.9 3.4-4" />
        </>
    ),
    failed: (
        <>
            <path d="M5.5 1.8h5l3.7 3.7v5l-3.7 3.7h-5l-3.7-3.7v-5Z" fill="currentColor" fill-opacity=".16" />
            <path d="m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2" />
        </>
    ),
    stopped: <rect x="2.8" y="2.8" width="10.4" height="10.4" rx="2.4" fill="currentColor" fill-opacity=".14" />,
    lost: (
        <>
            <path d="M8 14a6 6 0 1 1 6-6" stroke-dasharray="5 2.4" />
            <path d="M6.4 6.3a1.7 1.7 0 1 1 2.4 1.6c-.5.3-.8.6-.8 1.2M8 11.4v.1" />
        </>
    ),
    other: (
        <>
            <circle cx="8" cy="8" r="6" opacity=".5" />
            <circle cx="8" cy="8" r="1.6" fill="currentColor" stroke="none" />
        </>
    ),
};

export const BackIcon = () => (
    <Svg>
        <path d="M9.8 3.4 5.2 8l4.6 4.6" />
    </Svg>
);
export const CloseIcon = () => (
    <Svg>
        <path d="m4 4 8 8m0-8-8 8" />
    </Svg>
);
export const SearchIcon = () => (
    <Svg>
        <circle cx="7" cy="7" r="4.4" />
        <path d="m10.4 10.4 3.2 3.2" />
    </Svg>
);
export const ChevronIcon = ({ open }: { open: boolean }) => (
    <Svg size={12} class={open ? 'chevron open' : 'chevron'}>
        <path d="m6 3.6 4.4 4.4L6 12.4" />
    </Svg>
);
export const HelpIcon = () => (
    <Svg>
        <circle cx="8" cy="8" r="6.2" />
        <path d="M6.3 6.3a1.7 1.7 0 1 1 2.4 1.6c-.5.3-.7.6-.7 1.2M8 11.3v.1" />
    </Svg>
);
export const SignOutIcon = () => (
    <Svg>
        <path d="M6.4 13.4H3.2V2.6h3.2M10.2 5 13.2 8l-3 3M13 8H6.2" />
    </Svg>
);
export const DownIcon = () => (
    <Svg size={14}>
        <path d="M8 3v9.4M4 8.6l4 4 4-4" />
    </Svg>
);
export const UpIcon = () => (
    <Svg size={14}>
        <path d="M8 13V3.6M4 7.4l4-4 4 4" />
    </Svg>
);
export const ClockIcon = () => (
    <Svg size={14}>
        <circle cx="8" cy="8" r="6" />
        <path d="M8 4.6V8l2.4 1.6" />
    </Svg>
);
export const HoleIcon = () => (
    <Svg size={14}>
        <path d="M1.6 8h3.2m6.4 0h3.2M6.2 3.6 4.8 12.4M11.2 3.6 9.8 12.4" />
    </Svg>
);
export const MessageIcon = () => (
    <Svg size={14}>
        <path d="M2.4 3h11.2v8H7.2l-3 2.6V11H2.4Z" />
    </Svg>
);
export const WarningIcon = () => (
    <Svg size={14}>
        <path d="M8 1.8 14.6 13.6H1.4ZM8 6.2v3.2M8 11.4v.1" />
    </Svg>
);
export const CostIcon = () => (
    <Svg size={14}>
        <path d="M8 1.8v12.4M11 4.6C10.4 3.7 9.3 3.4 8 3.4c-1.7 0-3 .8-3 2.2 0 3.2 6.2 1.6 6.2 4.8 0 1.4-1.4 2.3-3.2 2.3-1.5 0-2.7-.5-3.3-1.5" />
    </Svg>
);
export const PlayIcon = () => (
    <Svg size={14}>
        <path d="M4.6 2.8v10.4L13 8Z" />
    </Svg>
);
export const ProgressIcon = () => (
    <Svg size={14}>
        <path d="M2.4 12.8V9.6M6.1 12.8V6.8M9.9 12.8V8.4M13.6 12.8V3.2" />
    </Svg>
);
export const DotIcon = () => (
    <Svg size={14}>
        <circle cx="8" cy="8" r="2" fill="currentColor" stroke="none" />
    </Svg>
);
export const SunIcon = () => (
    <Svg>
        <circle cx="8" cy="8" r="2.8" />
        <path d="M8 1.4v1.4m0 10.4v1.4M1.4 8h1.4m10.4 0h1.4M3.3 3.3l1 1m7.4 7.4 1 1m0-9.4-1 1M4.3 11.7l-1 1" />
    </Svg>
);
export const MoonIcon = () => (
    <Svg>
        <path d="M13.6 9.6A6 6 0 0 1 6.4 2.4a6 6 0 1 0 7.2 7.2Z" />
    </Svg>
);
export const AutoIcon = () => (
    <Svg>
        <circle cx="8" cy="8" r="6" />
        <path d="M8 2a6 6 0 0 1 0 12Z" fill="currentColor" />
    </Svg>
);
export const WrapIcon = () => (
    <Svg size={14}>
        <path d="M2 3.6h12M2 8h9.4a2.3 2.3 0 0 1 0 4.6H8.6M10.4 10.6l-2 2 2 2M2 12.6h3" />
    </Svg>
);
export const SmallerIcon = () => (
    <Svg size={14}>
        <path d="m1.8 12.8 3.7-9.6 3.7 9.6M3 9.8h5M10.8 8h4" />
    </Svg>
);
export const LargerIcon = () => (
    <Svg size={14}>
        <path d="m1.2 12.8 3.7-9.6 3.7 9.6M2.4 9.8h5M10.4 8h4.4M12.6 5.8v4.4" />
    </Svg>
);
export const PauseIcon = () => (
    <Svg size={14}>
        <path d="M5.2 3v10M10.8 3v10" />
    </Svg>
);
export const CopyIcon = () => (
    <Svg size={14}>
        <path d="M5.6 5.6h7.8v7.8H5.6ZM3.4 10.4h-.8V2.6h7.8v.8" />
    </Svg>
);
export const DownloadIcon = () => (
    <Svg size={14}>
        <path d="M8 2.2v7.6M4.6 6.8 8 10.2l3.4-3.4M2.6 13.4h10.8" />
    </Svg>
);
export const PinIcon = () => (
    <Svg size={14}>
        <path d="M5.4 2.2h5.2l-.8 4.6 2.4 2.4H3.8l2.4-2.4ZM8 9.2v4.8" />
    </Svg>
);
export const WallIcon = () => (
    <Svg>
        <path d="M2.2 2.8h5v4.4h-5ZM8.8 2.8h5v4.4h-5ZM2.2 8.8h5v4.4h-5ZM8.8 8.8h5v4.4h-5Z" />
    </Svg>
);
export const BellIcon = ({ on }: { on: boolean }) => (
    <Svg>
        <path d="M3.2 11.6h9.6c-1-1-1.4-2-1.4-4.2a3.4 3.4 0 0 0-6.8 0c0 2.2-.4 3.2-1.4 4.2ZM6.6 13.6a1.6 1.6 0 0 0 2.8 0" />
        {!on && <path d="M2.4 2.4 13.6 13.6" />}
    </Svg>
);
export const LinkIcon = () => (
    <Svg size={14}>
        <path d="M6.6 9.4a2.6 2.6 0 0 0 3.8 0l2.4-2.4a2.6 2.6 0 0 0-3.8-3.8l-.8.8M9.4 6.6a2.6 2.6 0 0 0-3.8 0L3.2 9a2.6 2.6 0 0 0 3.8 3.8l.8-.8" />
    </Svg>
);
export const MaximiseIcon = ({ on }: { on: boolean }) => (
    <Svg size={14}>
        <path
            d={
                on
                    ? 'M6.4 2.6v3.8H2.6M9.6 2.6v3.8h3.8M6.4 13.4V9.6H2.6M9.6 13.4V9.6h3.8'
                    : 'M2.6 6V2.6H6M13.4 6V2.6H10M2.6 10v3.4H6M13.4 10v3.4H10'
            }
        />
    </Svg>
);
export const BreakIcon = () => (
    <Svg size={14}>
        <path d="M2 8h3.4M10.6 8H14M6.4 5.4 9.6 10.6M9.6 5.4 6.4 10.6" />
    </Svg>
);
export const FilterIcon = () => (
    <Svg size={14}>
        <path d="M2.4 4h11.2M4.4 8h7.2M6.6 12h2.8" />
    </Svg>
);
export const Mark = () => (
    <svg class="mark" width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="var(--mark)" />
        <path
            d="M5 17h5l3-8 6 15 3-7h5"
            fill="none"
            stroke="#fff"
            stroke-width="2.6"
            stroke-linecap="round"
            stroke-linejoin="round"
        />
    </svg>
);
