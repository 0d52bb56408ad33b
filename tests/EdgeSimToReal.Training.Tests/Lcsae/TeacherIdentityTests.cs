using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Lcsae;

namespace EdgeSimToReal.Training.Tests.Lcsae;

/// <summary>Which networks taught a model and which chose its checkpoint, though their files change meanwhile.</summary>
public sealed class TeacherIdentityTests : IDisposable
{
    private readonly Streets _streets = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _streets.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void ATeacherWhoseFileHasChanged_IsNamedAsItTaught_AndARunDoesNotGoOnWithIt()
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        using LcsaeTraining begun = new(configuration);
        begun.Advance();
        (string path, string taught) = (configuration.Outer.Segmenters[0].Path, IdOf(configuration.Outer.Segmenters[0].Path));
        Assert.Equal(path, _streets.Segmenter(seed: 99));
        Assert.NotEqual(taught, IdOf(path));
        Assert.Equal([taught], begun.TeacherIds);

        using TrainingState state = Saved(begun);
        using LcsaeTraining later = new(configuration);
        string message = Assert.Throws<EdgeSimException>(() => later.Resume(state)).Message;
        Assert.All([path, taught, IdOf(path), state.Source], part => Assert.Contains(part, message));
        // To be exported it may be loaded, but what the other network reads is no figure of this training.
        later.Load(state);
        Assert.Equal([taught], later.TeacherIds);
        Assert.DoesNotContain("miou", later.Validate()!.Scalars.Keys);
        _streets.Segmenter();
        using LcsaeTraining mended = new(configuration);
        mended.Resume(state);
        Assert.Contains("miou", mended.Validate()!.Scalars.Keys);
    }

    [Fact]
    public void ATeacherThatTheCheckpointHolds_GoesOnTeaching_WhateverItsFileHolds()
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        configuration = configuration with { Outer = configuration.Outer with { BatchNorm = OuterBatchNorm.Train } };
        using LcsaeTraining begun = new(configuration);
        begun.Advance();
        string taught = IdOf(configuration.Outer.Segmenters[0].Path);
        using TrainingState state = Saved(begun);
        _streets.Segmenter(seed: 99);
        using LcsaeTraining later = new(configuration);
        later.Resume(state);
        Assert.Equal([taught], later.TeacherIds);
        Assert.Equal(begun.Advance(), later.Advance());
    }

    [Fact]
    public void ACheckpointThatTellsNoIds_GoesOn_AndItsTeachersAreWhatTheirFilesHold()
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        using LcsaeTraining begun = new(configuration);
        using TrainingState state = Saved(begun);
        state.Texts.Clear();
        string path = _streets.Segmenter(seed: 99);
        using LcsaeTraining later = new(configuration);
        later.Resume(state);
        Assert.Equal([IdOf(path)], later.TeacherIds);
        Assert.Empty(later.SelectedBy);
    }

    [Fact]
    public void TheJudgesThatScoredCheckpoints_AreKept_AlsoThoseOfBefore()
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        string path = _streets.Segmenter("judge", seed: 8), first = IdOf(path);
        configuration = configuration with { Validation = configuration.Validation with { Judge = path } };
        using LcsaeTraining begun = new(configuration);
        begun.Samples();
        Assert.Empty(begun.SelectedBy);
        begun.Validate();
        begun.Validate();
        using TrainingState state = Saved(begun);
        _streets.Segmenter("judge", seed: 9);
        using LcsaeTraining later = new(configuration);
        later.Resume(state);
        Assert.Equal([first], later.SelectedBy);
        later.Validate();
        Assert.Equal([first, IdOf(path)], later.SelectedBy);
        // As at a run's end, where the best checkpoint is an early one.
        later.Load(state);
        Assert.Equal([first, IdOf(path)], later.SelectedBy);
    }

    [Fact]
    public void OuterSegmentersThatNoObjectiveAsks_DoNotTeach_ButChooseWhereThereIsNoJudge()
    {
        LcsaeConfiguration configuration = _streets.Tiny(LcsaeMode.Sim2Real);
        configuration = configuration with { Weights = configuration.Weights with { FeatureMatching = 0 } };
        using LcsaeTraining training = new(configuration);
        training.Validate();
        Assert.Empty(training.TeacherIds);
        Assert.Equal([IdOf(configuration.Outer.Segmenters[0].Path)], training.SelectedBy);
    }

    private static string IdOf(string path) => WeightsIdentity.Of(WeightsFile.Read(path).Tensors);

    private TrainingState Saved(LcsaeTraining training)
    {
        using CheckpointStore store = new(_folder.Path, 2);
        using (TrainingState state = new(training.Kind, training.Configuration))
        {
            training.Save(state);
            store.Save(state, training.Step, null);
        }
        return store.LoadLatest();
    }
}
