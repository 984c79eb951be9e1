import { Download } from "lucide-react";
import { saveFile } from "#components/certificate/save-file.ts";
import { Button } from "#components/ui/button.tsx";

/** Saves a certificate with its chain. @param fileStem name of the file before its ending */
export function ChainButton({ fileStem, fullchain }: { fileStem: string; fullchain: string }) {
  return (
    <Button
      icon={<Download aria-hidden />}
      onClick={() => saveFile(`${fileStem}.fullchain.pem`, fullchain, "application/x-pem-file")}
    >
      Certificate and chain
    </Button>
  );
}
