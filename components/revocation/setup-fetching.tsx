import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Tabs } from "#components/ui/tabs.tsx";

interface TextFile {
  file: string;
  text: string;
}

interface SetupFetchingProps {
  install: string;
  systemd: { service: TextFile; timer: TextFile; start: string };
  cron: TextFile;
  loop: string;
  /** Between two runs. */
  seconds: number;
}

/** How the CRL file is put in place and kept fresh. */
export function SetupFetching({ install, systemd, cron, loop, seconds }: SetupFetchingProps) {
  return (
    <Card
      title="Keep the CRL file fresh"
      description="A script for POSIX shells; it needs curl or wget, and openssl. Before the proxy's first start, as root:"
    >
      <div className="flex flex-col gap-4">
        <CodeBlock
          title="Install the script, fetch the authorities and the first CRLs"
          code={install}
          label="commands that install the script"
        />
        <p>
          What came over http is compared with the SHA-256 that this console knows. Fetch the authorities
          again when the trust bundle changes. Then let the script run for ever:
        </p>
        <Tabs
          label="What starts the script"
          tabs={[
            {
              value: "systemd",
              label: "systemd",
              content: (
                <div className="flex flex-col gap-3">
                  <p>
                    Every {seconds} s: a revoked client is refused within 10 s of the click. An unchanged
                    bundle costs one answer without a body.
                  </p>
                  <CodeBlock title={systemd.service.file} code={systemd.service.text} label="service unit" />
                  <CodeBlock title={systemd.timer.file} code={systemd.timer.text} label="timer unit" />
                  <CodeBlock title="Start it" code={systemd.start} label="command that starts the timer" />
                </div>
              ),
            },
            {
              value: "cron",
              label: "cron",
              content: (
                <div className="flex flex-col gap-3">
                  <p>
                    Once a minute, so that a revoked client is served up to a minute longer. cron mails what
                    the script says.
                  </p>
                  <CodeBlock title={cron.file} code={cron.text} label="line for cron" />
                </div>
              ),
            },
            {
              value: "loop",
              label: "Container",
              content: (
                <div className="flex flex-col gap-3">
                  <p>Beside the proxy, with the folder of the CRL file shared; every {seconds} s.</p>
                  <CodeBlock title="sh" code={loop} label="loop" />
                </div>
              ),
            },
          ]}
        />
        <p>
          It is silent and ends with 0 while all is well. Whatever it refuses (a signature of nobody in the
          file of authorities, a lower number, a CRL that ended, one that is missing) it says at once, with
          another exit code, and the file in use stays. When fetching fails it says so from the half of a
          CRL&rsquo;s life on: that is the alarm to wire up. <code className="font-mono">--help</code> tells
          every exit code.
        </p>
      </div>
    </Card>
  );
}
