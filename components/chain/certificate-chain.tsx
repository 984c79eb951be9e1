import { PathSteps } from "#components/chain/path-steps.tsx";
import { pathVerdict } from "#components/chain/path-words.ts";
import { Status } from "#components/ui/status.tsx";
import type { CertificatePath } from "#lib/inventory/certificate-path.ts";

interface CertificateChainProps {
  /** The best first, as `certificatePaths` returns them. */
  paths: readonly CertificatePath[];
  /** Where missing issuers are imported; absent for who may not. */
  importHref?: string | undefined;
}

/** The paths from a certificate to the roots, with a verdict on each and on each of their steps. */
export function CertificateChain({ paths, importHref }: CertificateChainProps) {
  const [best, ...others] = paths;
  if (best === undefined) return null;
  return (
    <div className="flex flex-col gap-4">
      <Path path={best} importHref={importHref} />
      {others.length > 0 && (
        <details className="group/paths">
          <summary className="cursor-pointer text-link">
            {others.length === 1 ? "1 other path" : `${others.length} other paths`}
          </summary>
          <ol className="mt-3 flex flex-col gap-4 border-line border-t pt-3">
            {others.map((path) => (
              <li key={path.steps.map(({ sha256 }) => sha256).join(" ")}>
                <Path path={path} importHref={importHref} />
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}

function Path({ path, importHref }: { path: CertificatePath; importHref: string | undefined }) {
  const { tone, word, detail } = pathVerdict(path);
  return (
    <div>
      <p className="mb-3">
        <Status tone={tone} detail={detail}>
          {word}
        </Status>
      </p>
      <PathSteps path={path} importHref={importHref} />
    </div>
  );
}
