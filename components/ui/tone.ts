import { CircleCheck, CircleDashed, Info, type LucideIcon, OctagonAlert, TriangleAlert } from "lucide-react";

/** What a colour says. Colour never stands alone: every tone has its own shape. */
export type Tone = "ok" | "warn" | "critical" | "info" | "neutral";

export const TONES: Record<
  Tone,
  { icon: LucideIcon; text: string; solid: string; soft: string; line: string }
> = {
  ok: {
    icon: CircleCheck,
    text: "text-ok",
    solid: "bg-ok-solid",
    soft: "bg-ok-soft",
    line: "border-ok-line",
  },
  warn: {
    icon: TriangleAlert,
    text: "text-warn",
    solid: "bg-warn-solid",
    soft: "bg-warn-soft",
    line: "border-warn-line",
  },
  critical: {
    icon: OctagonAlert,
    text: "text-critical",
    solid: "bg-critical-solid",
    soft: "bg-critical-soft",
    line: "border-critical-line",
  },
  info: {
    icon: Info,
    text: "text-info",
    solid: "bg-info-solid",
    soft: "bg-info-soft",
    line: "border-info-line",
  },
  neutral: {
    icon: CircleDashed,
    text: "text-neutral",
    solid: "bg-neutral-solid",
    soft: "bg-neutral-soft",
    line: "border-neutral-line",
  },
};
