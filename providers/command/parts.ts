import { localCommand } from "./local/command.ts";
import { remoteCommand } from "./remote/command.ts";
import { copyToRemote } from "./remote/copyToRemote.ts";

export const resources = [localCommand, remoteCommand, copyToRemote];
