"""A simulated drive in the rain at night: python augment.py HOST:PORT OUT.mp4"""

import sys

import virga

with virga.connect(sys.argv[1]) as client:
    seven = client.scenarios.CreateScenario(virga.CreateScenarioRequest(scenario=virga.Scenario(uri="simulation://7")))
    rain = virga.Augmentation.VariantSpec(look=virga.Look(weather="rain", lighting="night"), seed=1)
    short = virga.Augmentation.GenerationSettings(frames=9)
    wanted = virga.Augmentation(scenario=seven.name, cameras=["front"], variants=[rain], generation=short)
    made = client.augmentations.CreateAugmentation(virga.CreateAugmentationRequest(augmentation=wanted))
    for change in client.watch(made.name):
        print(str(change).replace("\n", " ")[:120])
    for variant in client.variants.ListVariants(virga.ListVariantsRequest(parent=made.name)).variants:
        print(variant.name, client.download(variant, sys.argv[2]))
