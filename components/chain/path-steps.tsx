import { CircleDashed, FileBadge, Network } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { FAULT_WORDS, missingIssuer } from "#components/chain/path-words.ts";
import { classNames } from "#components/ui/class-names.ts";
import { Copyable } from "#components/ui/copyable.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import type { CertificatePath, PathStep } from "#lib/inventory/certificate-path.ts";

interface PathStepsProps {
  path: CertificatePath;
  importHref: string | undefined;
}

/** A path drawn upwards to downwards: the certificate first, its root or the gap last. */
export function PathSteps({ path: { steps, end }, importHref }: PathStepsProps) {
  const gap = missingIssuer(end);
  const isRooted = end.kind === "own-root" || end.kind === "imported-root";
  return (
    <ol className="flex flex-col" aria-label="Path from the certificate upwards">
      {steps.map((step, index) => {
        const isLast = index === steps.length - 1;
        return (
          <ChainLink
            key={step.sha256}
            icon={index === 0 ? <FileBadge /> : <Network />}
            tone={step.faults.length > 0 ? "fault" : "ok"}
            goesOn={!isLast || gap !== null}
          >
            <StepName step={step} isStart={index === 0} />
            <span className="block text-muted text-sm">
              {roleOf(index, isLast && isRooted, end.kind)} · ends <RelativeTime time={step.notAfter} />
            </span>
            {step.faults.map((fault) => (
              <span key={`${fault.code} ${fault.detail}`} className="mt-1 block break-words text-sm">
                <Status tone="critical">{FAULT_WORDS[fault.code]}</Status>
                <span className="block text-muted">{fault.detail}</span>
              </span>
            ))}
            {!isLast && (
              <span className="mt-1 block text-sm">
                <Status tone="ok">signature holds</Status>
              </span>
            )}
          </ChainLink>
        );
      })}
      {gap !== null && "issuer" in end && (
        <ChainLink icon={<CircleDashed />} tone="gap" goesOn={false}>
          <span className="block break-words font-medium">{end.issuer}</span>
          <span className="block text-muted text-sm">{gap}</span>
          {end.keyIdentifier !== null && (
            <span className="mt-1 block text-sm">
              <span className="text-muted">Key identifier</span>{" "}
              <Copyable text={end.keyIdentifier} label="key identifier" group={8} />
            </span>
          )}
          {importHref !== undefined && end.kind !== "unfinished" && (
            <Link href={importHref} prefetch={false} className="mt-1 inline-block text-link">
              Import its certificate
            </Link>
          )}
        </ChainLink>
      )}
    </ol>
  );
}

function roleOf(index: number, isRoot: boolean, end: CertificatePath["end"]["kind"]): string {
  if (isRoot) return end === "own-root" ? "root of ours" : "imported root";
  return index === 0 ? "this certificate" : "intermediate";
}

function StepName({ step: { id, name, authority }, isStart }: { step: PathStep; isStart: boolean }) {
  const className = "block break-words font-medium";
  const href =
    authority !== null ? `/authorities/${authority.slug}` : id !== null ? `/certificates/${id}` : null;
  if (isStart || href === null) return <span className={className}>{authority?.name ?? name}</span>;
  return (
    <Link href={href} prefetch={false} className={`${className} text-link`}>
      {authority?.name ?? name}
    </Link>
  );
}

interface LinkProps {
  icon: ReactNode;
  tone: "ok" | "fault" | "gap";
  /** Whether a line leads on to the next. */
  goesOn: boolean;
  children: ReactNode;
}

const RINGS = {
  ok: "border-line-strong text-muted",
  fault: "border-critical-line bg-critical-soft text-critical",
  gap: "border-dashed border-warn-line text-warn",
} as const;

/** One link of the chain. */
function ChainLink({ icon, tone, goesOn, children }: LinkProps) {
  return (
    <li className="flex gap-3">
      <span aria-hidden className="flex flex-col items-center">
        <span
          className={classNames(
            "grid size-7 shrink-0 place-items-center rounded-full border [&_svg]:size-3.5",
            RINGS[tone],
          )}
        >
          {icon}
        </span>
        {goesOn && <span className="w-px flex-1 bg-line-strong" />}
      </span>
      <div className={goesOn ? "min-w-0 pb-4" : "min-w-0"}>{children}</div>
    </li>
  );
}
