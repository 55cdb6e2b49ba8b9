// Copies the one script that the product serves. Its map is not served, so the line that names it goes.
import { readFileSync, writeFileSync } from "node:fs";

const script = readFileSync("node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js", "utf8");
writeFileSync(
  "../plans/static/plans/govuk-frontend.min.js",
  script.replace(/\/\/# sourceMappingURL=.*\s*$/, "\n"),
);
