/** The two files of a systemd timer, by their names. */
export type Units = Record<string, string>;

/**
 * Units that run `strata gc` each hour, for a user's own systemd.
 *
 * @param place tells this state directory's from others'. @param strata path of the launcher.
 * @param environment what it has to find itself by, where a service starts with little.
 */
export function timerUnits(place: string, strata: string, environment: Readonly<Record<string, string>>): Units {
  const name = `strata-gc-${place}`;
  const variables = Object.entries(environment).map(([key, value]) => `Environment=${unitWord(`${key}=${value}`)}\n`);
  return {
    [`${name}.service`]: `[Unit]
Description=Strata: takes away what has outlived its lease, and old parts of the cache

[Service]
Type=oneshot
${variables.join("")}ExecStart=${unitWord(strata)} gc --yes
Nice=19
# The embedded host, which it may have to start, goes on.
KillMode=process
`,
    [`${name}.timer`]: `[Unit]
Description=Strata: looks each hour for what has outlived its lease

[Timer]
OnCalendar=hourly
RandomizedDelaySec=300
Persistent=true

[Install]
WantedBy=timers.target
`,
  };
}

/** A word of a unit file, whatever is in it: systemd.syntax(7). A $ is one in a program's path, and in a variable's value. */
function unitWord(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("\n", "\\n")}"`;
}
