import { NothingHere } from "#components/shell/nothing-here.tsx";

/** Shown inside the frame when a page asked for something that is not there. */
export default NothingHere;
