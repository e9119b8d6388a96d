import { environment } from "../../../container/config.ts";
import { packageVersion, runRole } from "../../../container/role.ts";
import { readBrokerConfig } from "../config.ts";
import { packages, publisherColumns, type PartResult } from "../protocol.ts";
import { loadPhotos } from "./photos.ts";
import { publish } from "./publisher.ts";

process.exit(
  await runRole<PartResult>("publisher", publisherColumns, { photos: 0, answered: 0 }, async (context) => {
    const broker = readBrokerConfig(environment("STRATA_CONFIG"));
    context.record.state({ state: "starting", detail: "loads the photos" });
    const photos = loadPhotos(environment("STRATA_PHOTOS_DIR", "/photos"));
    context.result.catalogue = photos.map(({ file, labels }) => ({ file, labels }));
    context.versions.mqtt = packageVersion("mqtt", packages);
    await publish(context, broker, photos);
  }),
);
