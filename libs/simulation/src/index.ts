export { segClasses, type SegClass } from './materials/classes.ts'
export { extinction, type LidarAir, lidarAirs } from './lidar/air.ts'
export { type LidarGrid, type LidarGridName, lidarGrids, lidarMount } from './lidar/sensor.ts'
export { type LidarOptions, simulatedLidar, type SimulatedLidar, simulatedSweeps } from './lidar/simulated-sweeps.ts'
export { DriveRenderer, type FrameOptions, type RenderedFrame } from './render/drive-renderer.ts'
export { type DriveFrame, renderDrive, type RenderDriveRequest, simulatedImages } from './render/render-drive.ts'
export { type InstanceTruth, type PixelBox, type SeenObject, seenObjects } from './render/seen-objects.ts'
export { simulationVersion, simulatorVersion } from './version.ts'
export {
  type Lighting,
  lightings,
  type Look,
  lookName,
  looks,
  parseLook,
  type Surface,
  surfaceOf,
  type Weather,
  weathers,
} from './weather/looks.ts'
export { type LookParameters, lookParameters, lookPhysics } from './weather/parameters.ts'
export { jittered, type Jitter, type WeatherPhysics, withWeather } from './weather/physics.ts'
export { captionsFor } from './weather/captions.ts'
export { promptFor, promptsFor } from './weather/prompts.ts'
export { rdsHqRig } from './rig/rds-hq-rig.ts'
export { type DriveOptions, type RigName, rigNames, simulateDrive, type SimulatedDrive } from './world/drive.ts'
export type { ScenePlan } from './training-set/plan.ts'
export { scenePath, writeScene } from './training-set/write-scene.ts'
