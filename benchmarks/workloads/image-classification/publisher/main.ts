import { environment } from "../shared/config.ts";
import { publisherColumns } from "../shared/protocol.ts";
import { packageVersion, runRole } from "../shared/role.ts";
import { loadPhotos } from "./photos.ts";
import { publish } from "./publisher.ts";

process.exit(
  await runRole("publisher", publisherColumns, async (context) => {
    context.record.state({ state: "starting", detail: "loads the photos" });
    const photos = loadPhotos(environment("STRATA_PHOTOS_DIR", "/photos"));
    context.facts.catalogue = photos.map(({ file, labels }) => ({ file, labels }));
    context.facts.versions.mqtt = packageVersion("mqtt");
    await publish(context, photos);
  }),
);
