// What site/schemas.mjs compiles.
declare module 'virtual:schemas' {
  export interface Validator {
    (data: unknown): boolean
    errors?: { instancePath: string; keyword: string; message?: string; params?: Record<string, any> }[] | null
  }
  export const validators: Record<string, Validator>
}
