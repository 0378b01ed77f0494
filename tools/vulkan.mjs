/**
 * The Vulkan loader and drivers that a rendering process starts with. LD_LIBRARY_PATH and the VK_* variables are read once, when a
 * process starts, so they are set here, before Node 24 is spawned. Runs on any Node >= 20, without dependencies.
 *
 * Every driver stays visible to the process (VK_ADD_DRIVER_FILES adds, it does not replace); libs/rendering picks among them by what
 * they really are.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'

/** The first Vulkan loader that knows VK_ADD_DRIVER_FILES (Khronos loader 1.3.207). */
const firstLoaderWithAddedDrivers = [1, 3, 207]

/**
 * Variables to add to the environment of a process that renders.
 *
 * @param {string} workspaceRoot folder whose node_modules holds `@sparticuz/chromium`
 * @param {NodeJS.ProcessEnv} env the environment so far; a VK_DRIVER_FILES in it is left alone
 * @returns {Record<string, string>} empty where there is nothing to add; VIRGA_VULKAN_NOTE says why SwiftShader could not be unpacked
 */
export function vulkanEnvironment(workspaceRoot, env) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return {}
  let software
  try {
    software = unpackSwiftShader(workspaceRoot, env)
  } catch (error) {
    return { VIRGA_VULKAN_NOTE: `SwiftShader could not be unpacked: ${error instanceof Error ? error.message : String(error)}` }
  }
  if (software === undefined) return {}
  const added = {}
  if (!systemLoaderIsRecent(env)) {
    added.LD_LIBRARY_PATH = [software.loaderFolder, env.LD_LIBRARY_PATH].filter((part) => part !== undefined && part !== '').join(':')
  }
  if (env.VK_DRIVER_FILES !== undefined || env.VK_ICD_FILENAMES !== undefined) return added
  if (env.VIRGA_ADAPTER === 'swiftshader') added.VK_DRIVER_FILES = software.driverFile
  else
    added.VK_ADD_DRIVER_FILES = [env.VK_ADD_DRIVER_FILES, software.driverFile].filter((part) => part !== undefined && part !== '').join(':')
  return added
}

/**
 * Unpacks SwiftShader out of `@sparticuz/chromium` into the cache folder, once, under a temporary name that is renamed when complete.
 *
 * @returns {{ driverFile: string, loaderFolder: string } | undefined} undefined before the packages are installed
 */
function unpackSwiftShader(workspaceRoot, env) {
  const source = join(workspaceRoot, 'node_modules', '@sparticuz', 'chromium')
  const archive = join(source, 'bin', 'swiftshader.tar.br')
  if (!existsSync(archive)) return undefined
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  const name = `swiftshader-${version}`
  const folders = [env.VIRGA_CACHE, join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'virga')].filter(Boolean).slice(0, 1)
  if (env.VIRGA_CACHE === undefined) folders.push(join(tmpdir(), `virga-${userInfo().uid}`))
  let failure
  for (const cache of folders) {
    const folder = join(cache, name)
    const paths = { driverFile: join(folder, 'vk_swiftshader_icd.json'), loaderFolder: join(folder, 'loader') }
    if (existsSync(paths.driverFile)) return paths
    try {
      unpackInto(folder, archive)
      return paths
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

function unpackInto(folder, archive) {
  const partial = `${folder}.${process.pid}.partial`
  mkdirSync(join(partial, 'loader'), { recursive: true, mode: 0o700 })
  try {
    const wanted = { 'libvulkan.so.1': join('loader', 'libvulkan.so.1'), 'libvk_swiftshader.so': 'libvk_swiftshader.so' }
    const left = new Set(Object.keys(wanted))
    for (const { name, data } of tarMembers(brotliDecompressSync(readFileSync(archive)))) {
      if (!left.delete(name)) continue
      writeFileSync(join(partial, wanted[name]), data)
      chmodSync(join(partial, wanted[name]), 0o755)
    }
    if (left.size > 0) throw new Error(`${archive} does not hold ${[...left].join(', ')}`)
    const driver = { file_format_version: '1.0.0', ICD: { library_path: join(folder, 'libvk_swiftshader.so'), api_version: '1.0.5' } }
    writeFileSync(join(partial, 'vk_swiftshader_icd.json'), `${JSON.stringify(driver)}\n`)
    renameSync(partial, folder)
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    // Another process was first: its folder is as good as this one.
    if (!existsSync(join(folder, 'vk_swiftshader_icd.json'))) throw error
  }
}

/** Plain files of a ustar archive; header layout: POSIX.1-1988, name at 0 (100 bytes), size in octal at 124, type at 156. */
function* tarMembers(tar) {
  const block = 512
  for (let at = 0; at + block <= tar.length && tar[at] !== 0;) {
    const name = tar.toString('latin1', at, at + 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8)
    if (!Number.isSafeInteger(size)) throw new Error(`bad size of archive member ${name}`)
    const type = tar.toString('latin1', at + 156, at + 157)
    if (type === '0' || type === '\0') yield { name: name.replace(/^\.\//, ''), data: tar.subarray(at + block, at + block + size) }
    at += block + Math.ceil(size / block) * block
  }
}

/** True when the dynamic linker would find a libvulkan.so.1 that knows VK_ADD_DRIVER_FILES; its version is in the real file's name. */
function systemLoaderIsRecent(env) {
  const file = systemLoader(env)
  if (file === undefined) return false
  const version = /libvulkan\.so\.(\d+)\.(\d+)\.(\d+)$/.exec(realpathSync(file))
  if (version === null) return true
  for (let i = 0; i < 3; i += 1) {
    const difference = Number(version[i + 1]) - firstLoaderWithAddedDrivers[i]
    if (difference !== 0) return difference > 0
  }
  return true
}

function systemLoader(env) {
  const listed = (env.LD_LIBRARY_PATH ?? '')
    .split(':')
    .filter(Boolean)
    .map((folder) => join(folder, 'libvulkan.so.1'))
  // ld.so.cache is a string table of absolute paths; it is what the linker itself consults.
  let cached = []
  try {
    cached = readFileSync('/etc/ld.so.cache', 'latin1').match(/\/[^\0]*\/libvulkan\.so\.1(?=\0)/g) ?? []
  } catch {
    // No cache (musl): the default folders below are all there is.
  }
  const usual = ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64', '/lib', '/usr/lib'].map((folder) =>
    join(folder, 'libvulkan.so.1'),
  )
  return [...listed, ...cached, ...usual].find((file) => existsSync(file))
}
