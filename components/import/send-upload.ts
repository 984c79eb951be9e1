import { type UploadProgress, uploadState } from "#components/import/upload-answer.ts";

/** What is told while an upload is under way. */
export interface UploadListener {
  onSent(bytes: number): void;
  onProgress(progress: UploadProgress): void;
}

/** A request under way. */
export interface Sending {
  /** The id of the import, or why there is none as a sentence. */
  result: Promise<{ done: string } | { refusal: string }>;
  abort(): void;
}

const LOST = "The connection was lost. What was recorded until then stays; see the imports below.";

/**
 * Sends a file to be imported. With XMLHttpRequest, because `fetch` does not tell how much it has sent.
 *
 * @param password empty when there is none
 */
export function sendUpload(file: Blob, name: string, password: string, listener: UploadListener): Sending {
  const request = new XMLHttpRequest();
  const result = new Promise<{ done: string } | { refusal: string }>((resolve) => {
    request.upload.onprogress = ({ loaded }) => listener.onSent(loaded);
    request.onprogress = () => {
      if (request.status !== 200) return;
      const { progress } = uploadState(request.responseText);
      if (progress !== null) listener.onProgress(progress);
    };
    request.onload = () => {
      if (request.status !== 200) resolve({ refusal: request.responseText.trim() || LOST });
      else resolve(uploadState(request.responseText).end ?? { refusal: LOST });
    };
    request.onerror = () => resolve({ refusal: LOST });
    request.onabort = () => resolve({ refusal: "The upload was stopped." });
  });
  request.open("POST", `/certificates/import/upload?name=${encodeURIComponent(name)}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  if (password !== "") request.setRequestHeader("X-Import-Password", encodeURIComponent(password));
  request.send(file);
  return { result, abort: () => request.abort() };
}
