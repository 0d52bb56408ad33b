using EdgeSimToReal.Networks;
using EdgeSimToReal.Networks.Noise;
using EdgeSimToReal.Training.Objectives;
using EdgeSimToReal.Training.Optimisation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <content>A step's two halves.</content>
public sealed partial class LcsaeTraining
{
    /// <summary>Codes of all images, reconstructions of half of them, hybrids.</summary>
    private Translation Translate(LcsaeBatch batch)
    {
        (StructureCodes structure, Tensor texture, Tensor inner) = _autoencoder.Encoder.ForwardWithInnerFeatures(batch.Images);
        Mark("encode");
        long n = batch.PerDomain, half = n / 2;
        long[] own, structures, textures;
        if (_configuration.Mode == LcsaeMode.Sae)
        {
            // The reference: the batch's first half is reconstructed, neighbours exchange their textures.
            own = [.. Range(0, n)];
            textures = [.. Range(0, 2 * n)];
            structures = [.. textures.Select(i => i ^ 1)];
        }
        else
        {
            // Batches are drawn at random, so their first halves are random choices too.
            own = [.. Range(0, half), .. Range(n, half)];
            structures = [.. Range(0, n)];
            textures = [.. Range(n, n)];
        }
        Tensor from = tensor(own.Concat(structures).ToArray(), device: _device), with = tensor(own.Concat(textures).ToArray(), device: _device);
        Tensor made = _autoencoder.Generator.forward(structure.Select(from), texture[with], GeneratorNoise.Random, batch.Conditions?[from]);
        Tensor[] parts = made.split([own.Length, structures.Length]);
        Tensor ownIndex = tensor(own, device: _device), structureIndex = tensor(structures, device: _device),
            textureIndex = tensor(textures, device: _device);
        Mark("generate");
        return new Translation(parts[0], batch.Images[ownIndex], parts[1], batch.Single[structureIndex],
            batch.Labels[structureIndex], batch.Single[textureIndex], batch.Labels[textureIndex], inner);

        static IEnumerable<long> Range(long start, long count) => Enumerable.Range(0, (int)count).Select(i => start + i);
    }

    /// <summary>The discriminators' step on real images against detached fakes, then R1 where it is due.</summary>
    private void DiscriminatorHalf(LcsaeBatch batch, Translation translation, bool measured)
    {
        SetTrainable(_discriminators, true);
        ObjectiveWeights weights = _configuration.Weights;
        Tensor fakes = translation.Fakes();
        Tensor[] logits = _discriminators.Image.forward(cat([batch.Images, fakes], 0))
            .split([batch.Images.shape[0], translation.Reconstruction.shape[0], translation.Hybrid.shape[0]]);
        Tensor real = NonSaturatingGan.WantReal(logits[0]), rebuilt = NonSaturatingGan.WantFake(logits[1]),
            hybrid = NonSaturatingGan.WantFake(logits[2]);
        Mark("discriminate");
        Random random = Draw("patches/discriminators");
        Tensor reference = Patches(translation.TextureImages, random), target = Patches(translation.TextureImages, random);
        (Tensor patchReal, Tensor patchHybrid) = PatchCooccurrence.DiscriminatorLosses(_discriminators.Patch,
            reference.to(_type), target.to(_type), Patches(translation.Hybrid.detach(), random));
        Mark("discriminate patches");
        Tensor loss = (real * weights.DiscriminatorReal) + (rebuilt * weights.DiscriminatorReconstruction)
            + (hybrid * weights.DiscriminatorHybrid) + (patchReal * weights.PatchReal) + (patchHybrid * weights.PatchHybrid);
        loss.backward();
        Mark("discriminators backward");
        Note("d/real", real);
        Note("d/reconstruction", rebuilt);
        Note("d/hybrid", hybrid);
        Note("d/patch_real", patchReal);
        Note("d/patch_hybrid", patchHybrid);
        Note("logit/real", logits[0].mean());
        Note("logit/hybrid", logits[2].mean());
        if (measured)
            NoteGradients(("D", _discriminators.Image), ("Dpatch", _discriminators.Patch));
        _discriminatorSide.Step();
        _discriminatorSide.ZeroGradients();
        if (measured)
            Note("moment/discriminators", _discriminatorSide.MomentNorm());
        Mark("optimise discriminators");
        if (_r1.IsDue(Step) && weights.ImageR1 + weights.PatchR1 > 0)
            Regularise(batch, reference, target);
        SetTrainable(_discriminators, false);
    }

    /// <summary>R1 in fp32, a step of its own.</summary>
    private void Regularise(LcsaeBatch batch, Tensor reference, Tensor target)
    {
        (Tensor loss, Tensor image, Tensor first, Tensor second) = _r1.Loss(_discriminators, batch.Single, reference, target);
        loss.backward();
        Note("r1/image", image);
        Note("r1/patch_reference", first);
        Note("r1/patch_target", second);
        _discriminatorSide.Step();
        _discriminatorSide.ZeroGradients();
        Mark("r1");
    }

    /// <summary>Encoder's, generator's and inner branch's step.</summary>
    private void GeneratorHalf(LcsaeBatch batch, Translation translation, bool measured)
    {
        ObjectiveWeights weights = _configuration.Weights;
        double outerShare = _configuration.OuterShareAt(Step);
        Tensor loss = Add(null, "g/l1", weights.Reconstruction, () => L1Reconstruction.Loss(translation.Reconstruction, translation.Original));
        if (weights.GeneratorReconstruction + weights.GeneratorHybrid > 0)
        {
            Tensor[] logits = _discriminators.Image.forward(cat([translation.Reconstruction, translation.Hybrid], 0))
                .split([translation.Reconstruction.shape[0], translation.Hybrid.shape[0]]);
            loss = Add(loss, "g/reconstruction", weights.GeneratorReconstruction, () => NonSaturatingGan.WantReal(logits[0]));
            loss = Add(loss, "g/hybrid", weights.GeneratorHybrid, () => NonSaturatingGan.WantReal(logits[1]));
        }
        if (weights.GeneratorPatch > 0)
        {
            Random random = Draw("patches/generator");
            Tensor reference = Patches(translation.TextureImages, random).to(_type), hybrid = Patches(translation.Hybrid, random);
            loss = Add(loss, "g/patch", weights.GeneratorPatch,
                () => PatchCooccurrence.GeneratorLoss(_discriminators.Patch, reference, hybrid));
        }
        if (_inner is not null && weights.Inner > 0)
        {
            loss = Add(loss, "g/inner", weights.Inner,
                () => InnerSemanticNll.Loss(_inner.forward(translation.InnerFeatures), batch.Labels, _measure));
        }
        if (_configuration.HasOuter)
        {
            loss = Add(loss, "g/outer", weights.Outer * outerShare,
                () => _teachers.Loss(translation.Hybrid, translation.Labels, Step, Draw("teacher")));
        }
        if (weights.FeatureMatching > 0)
        {
            loss = Add(loss, "g/features", weights.FeatureMatching * outerShare,
                () => _features is null
                    ? _teachers.Features(translation.Reconstruction, translation.Original, Step)
                    : new FeatureMatching(Stages).Loss(translation.Reconstruction, translation.Original));
        }
        if (_configuration.HoldsHybrids)
            loss = HoldHybrids(loss, translation, outerShare);
        loss.backward();
        Mark("generator backward");
        if (measured)
        {
            NoteGradients(("E", _autoencoder.Encoder), ("G", _autoencoder.Generator));
            if (_inner is not null && weights.Inner > 0)
                NoteGradients(("inner", _inner));
        }
        _generatorSide.Step();
        _generatorSide.ZeroGradients();
        if (measured)
            Note("moment/autoencoder", _generatorSide.MomentNorm());
        Mark("optimise generator");
    }

    /// <summary>What holds hybrids to the photographs' features and to their sources' structure.</summary>
    private Tensor HoldHybrids(Tensor loss, Translation translation, double share)
    {
        ObjectiveWeights weights = _configuration.Weights;
        if (weights.Correlation > 0)
        {
            loss = Add(loss, "g/correlation", weights.Correlation,
                () => LocalCorrelation.Loss(translation.Hybrid, translation.StructureImages));
        }
        if (weights.ClassColour > 0)
        {
            loss = Add(loss, "g/colour", weights.ClassColour, () => _colour.Loss(
                [Halved(translation.Hybrid)], translation.Labels, [Halved(translation.TextureImages)], translation.TextureLabels));
        }
        if (!_configuration.ComparesHybridFeatures)
            return loss;
        IReadOnlyList<Tensor> hybrid = Stages(translation.Hybrid);
        if (weights.Structure > 0)
        {
            loss = Add(loss, "g/structure", weights.Structure * share,
                () => StructureMatching.Loss(hybrid, Constants(translation.StructureImages)));
        }
        if (weights.ClassStyle + weights.FeatureMeans + weights.FeatureGan == 0)
            return loss;
        IReadOnlyList<Tensor> photograph = Constants(translation.TextureImages);
        if (weights.ClassStyle > 0)
        {
            loss = Add(loss, "g/style", weights.ClassStyle * share,
                () => _style.Loss(hybrid, translation.Labels, photograph, translation.TextureLabels));
        }
        if (weights.FeatureMeans > 0)
        {
            loss = Add(loss, "g/means", weights.FeatureMeans * share,
                () => (_features is null ? _teachers.Means(Step) : _means).Loss(hybrid, photograph));
        }
        return _critic is null ? loss : AgainstFeatures(loss, hybrid, photograph, translation, weights.FeatureGan * share);

        IReadOnlyList<Tensor> Constants(Tensor images)
        {
            using (no_grad())
                return Stages(images.to(_type));
        }

        static Tensor Halved(Tensor images) => nn.functional.avg_pool2d(images.to(ScalarType.Float32), 2);
    }

    /// <summary>A step of the discriminator on features, then the generator's term against it.</summary>
    private Tensor AgainstFeatures(
        Tensor loss, IReadOnlyList<Tensor> hybrid, IReadOnlyList<Tensor> photograph, Translation translation, double weight)
    {
        SetTrainable(_critic!, true);
        Tensor[] shown = [.. Criticised(hybrid)];
        (Tensor real, Tensor made) = HingeGan.DiscriminatorLosses(
            _critic!.Forward([.. Criticised(photograph)], translation.TextureLabels),
            _critic.Forward([.. shown.Select(stage => stage.detach())], translation.Labels));
        (real + made).backward();
        Note("d/feature_real", real);
        Note("d/feature_hybrid", made);
        _criticSide!.Step();
        _criticSide.ZeroGradients();
        SetTrainable(_critic, false);
        Mark("discriminate features");
        return Add(loss, "g/feature", weight, () => HingeGan.GeneratorLoss(_critic.Forward(shown, translation.Labels)));
    }

    /// <summary>What the discriminator on features sees of a picture's stages: not the finest map, which costs most and says what pixels do.</summary>
    private static IEnumerable<T> Criticised<T>(IReadOnlyList<T> stages) => stages.Where((_, i) => i != 1 || stages.Count == 2);

    /// <summary>The images and a frozen network's maps of them, from fine to coarse.</summary>
    private IReadOnlyList<Tensor> Stages(Tensor images) => _features is null
        ? _teachers.Stages(images, Step)
        : [images, .. _features.Forward(images, _configuration.Perceptual.Levels)];

    /// <summary>Adds a term, notes it and ends its part of the step.</summary>
    private Tensor Add(Tensor? sum, string name, double weight, Func<Tensor> term)
    {
        Tensor value = term();
        Note(name, value);
        Mark(name);
        return sum is null ? value * weight : sum + (value * weight);
    }

    private Tensor Patches(Tensor images, Random random)
    {
        DiscriminatorSizes sizes = _configuration.Discriminators;
        return PatchCrops.Sample(images, CropBox.Draw(random, checked((int)images.shape[0] * sizes.PatchesPerImage)), sizes.PatchSize);
    }

    private Random Draw(string purpose) => new((int)StepSeed.Of(_configuration.Seed, Step, purpose));

    private void Note(string name, Tensor scalar) => _scalars[name] = scalar;

    private void NoteGradients(params ReadOnlySpan<(string Name, nn.Module Module)> networks)
    {
        foreach ((string name, nn.Module module) in networks)
            Note($"gradient/{name}", GradientNorm.Of(module.parameters()));
    }

    /// <summary>While the generator learns, the discriminators' gradients would be computed for nothing.</summary>
    private static void SetTrainable(nn.Module module, bool trainable)
    {
        foreach (Parameter parameter in module.parameters())
            parameter.requires_grad = trainable;
    }
}
