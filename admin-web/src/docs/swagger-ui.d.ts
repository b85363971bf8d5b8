declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Viewer {
    readonly specActions: { updateSpec(yaml: string): void };
  }

  interface Settings {
    readonly domNode: HTMLElement;
    /** The methods that have a button which calls them. */
    readonly supportedSubmitMethods: readonly string[];
    readonly deepLinking: boolean;
    readonly docExpansion: 'list' | 'full' | 'none';
    readonly defaultModelsExpandDepth: number;
    readonly filter: boolean;
    /** Shows the members whose names begin with x-. */
    readonly showExtensions: boolean;
    readonly syntaxHighlight: boolean;
    /** Where a description is validated; null: nowhere. */
    readonly validatorUrl: string | null;
    readonly plugins: readonly object[];
  }

  export default function SwaggerUI(settings: Settings): Viewer;
}
