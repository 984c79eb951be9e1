import { classNames } from "#components/ui/class-names.ts";

/** primary: the one thing to do here · secondary: the rest · quiet: among content · danger: breaks something. */
export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "md" | "sm";

const VARIANTS: Record<ButtonVariant, string> = {
  primary: "border-transparent bg-accent text-on-accent hover:bg-accent-hover",
  secondary: "border-line-strong/50 bg-surface text-ink hover:bg-sunken",
  quiet: "border-transparent text-muted hover:bg-hover hover:text-ink",
  danger: "border-transparent bg-danger text-on-accent hover:bg-danger-hover",
};

const SIZES: Record<ButtonSize, string> = {
  md: "min-h-8 px-3 text-base pointer-coarse:min-h-10",
  sm: "min-h-7 px-2 text-sm pointer-coarse:min-h-9",
};

/** The classes of a button, for buttons and for links that look like one. */
export function buttonStyle(variant: ButtonVariant, size: ButtonSize, className?: string): string {
  return classNames(
    "inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium",
    "disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed [&_svg]:size-4 [&_svg]:shrink-0",
    VARIANTS[variant],
    SIZES[size],
    className,
  );
}
