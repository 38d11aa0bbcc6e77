/** The module and instance that an expression belongs to. */
export interface ModuleScope {
  /** Address of the module with instance keys and a final dot; empty for the root module. */
  readonly module: string;
  /** Key of the instance, such as `["a"]` or `[0]`; empty if there is none. */
  readonly key: string;
}

const KEY = String.raw`\[(?:\d+|"(?:[^"\\]|\\.)*")\]`;
const KEYS = new RegExp(KEY, "g");
const FINAL_KEY = new RegExp(`${KEY}$`);
const PARTS = new RegExp(`(?:[^.[]|${KEY})+`, "g");
const LAST_MODULE = new RegExp(`module\\.(?:[^.[]|${KEY})+\\.$`);

/** Removes the instance keys of a resource and its modules from an address. */
export function removeInstanceKeys(address: string): string {
  return address.replace(KEYS, "");
}

/** Returns the scope of a resource's expressions from its address. */
export function parseModuleScope(address: string): ModuleScope {
  const parts = address.match(PARTS) ?? [];
  let modules = 0;
  while (parts[modules] === "module") modules += 2;
  const module = parts.slice(0, modules).join(".");
  const key = FINAL_KEY.exec(address)?.[0] ?? "";
  return { module: module === "" ? "" : `${module}.`, key };
}

/** Returns the scope of the call of a module. */
export function getParentScope(module: string): ModuleScope {
  return {
    module: module.replace(LAST_MODULE, ""),
    key: FINAL_KEY.exec(module.slice(0, -1))?.[0] ?? "",
  };
}

/** Replaces `each.key` and `count.index` by the key of the instance. `each.value` may be any key, so it stays. */
export function resolveInstanceKey(key: string, scope: ModuleScope): string {
  return /^\[\s*(?:each\.key|count\.index)\s*\]$/.test(key) ? scope.key : key;
}
