using System.Runtime.InteropServices;
using System.Text;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Training.Checkpoints;
using FsCheck;
using FsCheck.Xunit;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Checkpoints;

public sealed class CheckpointFileTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Byte)]
    public void AnyBits_RoundTrip(ScalarType type)
    {
        // Random bits: subnormal numbers, infinities and NaNs of any kind among them.
        Tensor values = zeros([7, 3, 5], type), scalar = ones([], type), none = empty([0, 4], type);
        Random random = new(5);
        random.NextBytes(values.bytes);
        using TrainingState state = new("test", "{}");
        state.Put("values", values);
        state.Put("scalar", scalar);
        state.Put("none", none);
        using TrainingState read = RoundTrip(state);
        foreach (Tensor expected in new[] { values, scalar, none })
        {
            Tensor given = read.Get(ReferenceEquals(expected, values) ? "values" : ReferenceEquals(expected, scalar) ? "scalar" : "none");
            Assert.Equal(type, given.dtype);
            Assert.Equal(expected.shape, given.shape);
            Assert.Equal(expected.bytes.ToArray(), given.bytes.ToArray());
        }
    }

    [Fact]
    public void TruthValues_AndOtherLayouts_RoundTrip()
    {
        Tensor transposed = randn(4, 3, 8, 8).permute(0, 2, 3, 1), slice = arange(100)[TensorIndex.Slice(3, 90, 7)];
        Tensor truth = randn(9) > 0, channelsLast = transposed.contiguous().permute(0, 3, 1, 2);
        using TrainingState state = new("test", "{}");
        state.PutAll("t", [("transposed", transposed), ("slice", slice), ("truth", truth), ("last", channelsLast)]);
        using TrainingState read = RoundTrip(state);
        Assert.True(read.Get("t.transposed").equal(transposed).all().item<bool>());
        Assert.True(read.Get("t.slice").equal(slice).all().item<bool>());
        Assert.True(read.Get("t.truth").equal(truth).all().item<bool>());
        Assert.True(read.Get("t.last").equal(channelsLast).all().item<bool>());
    }

    [Fact]
    public void ATensorOfManySlices_RoundTrips()
    {
        Tensor values = randint(0, 256, [(40 << 20) + 1], ScalarType.Byte);
        using TrainingState state = new("test", "{}");
        state.Put("large", values);
        using TrainingState read = RoundTrip(state);
        Assert.True(values.bytes.SequenceEqual(read.Get("large").bytes));
    }

    [Property(Replay = "1848303,7919", MaxTest = 100)]
    public void AnyNumbersAndTexts_RoundTrip(long[] counters, double[] numbers, NonNull<string>[] texts, long step)
    {
        using TrainingState state = new("any \"kind\"", """{"a": "\"sha256\":\"0000", "λ": [1, 2]}""");
        state.Step = step;
        state.Score = numbers.FirstOrDefault();
        Add(state.Counters, counters);
        Add(state.Numbers, [.. numbers, double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon]);
        Add(state.Texts, [.. texts.Select(text => text.Get).Where(text => !text.Any(char.IsSurrogate)), "\"sha256\":\"", "😀\0"]);
        using TrainingState read = RoundTrip(state);
        Assert.Equal((state.Kind, state.Configuration, state.Step), (read.Kind, read.Configuration, read.Step));
        Assert.Equal(Bits(state.Score!.Value), Bits(read.Score!.Value));
        Assert.Equal(state.Counters, read.Counters);
        Assert.Equal(state.Texts, read.Texts);
        Assert.Equal(state.Numbers.ToDictionary(pair => pair.Key, pair => Bits(pair.Value)),
            read.Numbers.ToDictionary(pair => pair.Key, pair => Bits(pair.Value)));

        static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

        static void Add<T>(Dictionary<string, T> target, T[] values)
        {
            for (int i = 0; i < values.Length; i++)
                target[$"no. {i} \"λ\""] = values[i];
        }
    }

    [Fact]
    public void AHeaderOfAnyLength_IsRead()
    {
        // The file begins with the header's length, whose bytes may be those that a pickle begins with: 0x280 … 0x580.
        using TemporaryFolder folder = new();
        string path = folder["x.checkpoint"];
        HashSet<long> lengths = [];
        for (int pad = 0; pad < 1600; pad += 8)
        {
            using (TrainingState written = new("test", new string(' ', pad)))
                CheckpointFile.Write(path, written);
            lengths.Add(BitConverter.ToInt64(File.ReadAllBytes(path)));
            using TrainingState state = CheckpointFile.Read(path);
            Assert.Equal(pad, state.Configuration.Length);
        }
        Assert.Superset(new HashSet<long> { 0x280, 0x380, 0x480, 0x580 }, lengths);
    }

    [Fact]
    public void TheFile_IsTheSameEachTime_AlignedAndReadableAsSafetensors()
    {
        Write(_folder["a"]);
        Write(_folder["b"]);
        Assert.Equal(File.ReadAllBytes(_folder["a"]), File.ReadAllBytes(_folder["b"]));
        byte[] bytes = File.ReadAllBytes(_folder["a"]);
        int length = SafetensorsHeader.ReadLength(bytes, bytes.Length);
        SafetensorsHeader header = SafetensorsHeader.Parse(bytes.AsMemory(8, length), bytes.Length - 8 - length);
        Assert.Equal(0, length % 8);
        Assert.All(header.Entries, entry => Assert.Equal(0, entry.Begin % SafetensorsEntry.Width(entry.Type)));

        using TrainingState floats = new("test", "{}");
        floats.Put("E.weight", tensor(new float[] { 1, 2, 3 }));
        CheckpointFile.Write(_folder["floats"], floats);
        Assert.Equal([1f, 2, 3], SafetensorsFile.Read(_folder["floats"]).Tensors["E.weight"].Values);
    }

    [Fact]
    public void EveryFlippedBit_IsFound()
    {
        Write(_folder["whole"]);
        byte[] whole = File.ReadAllBytes(_folder["whole"]);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] flipped = [.. whole];
            flipped[i] ^= (byte)(1 << (i % 8));
            Refuses(flipped);
        }
    }

    [Fact]
    public void ATruncatedFile_IsRefused_WhereverItEnds()
    {
        Write(_folder["whole"]);
        byte[] whole = File.ReadAllBytes(_folder["whole"]);
        for (int length = 0; length < whole.Length; length++)
            Assert.Contains("damaged or cut off", Refuses(whole[..length]));
        Refuses([.. whole, 0]);
    }

    [Property(Replay = "1848303,7919", MaxTest = 300)]
    public void AMutatedFile_IsRefused(int seed, PositiveInt changes)
    {
        Write(_folder["whole"]);
        byte[] whole = File.ReadAllBytes(_folder["whole"]);
        List<byte> bytes = [.. whole];
        Random random = new(seed);
        for (int i = 0; i < 1 + (changes.Get % 6); i++)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = (byte)"0123456789-{}[],:\"eE."[random.Next(21)];
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(8), bytes.Count - at - 1));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(8), bytes.Count - at)));
                    break;
            }
        }
        if (!whole.AsSpan().SequenceEqual(CollectionsMarshal.AsSpan(bytes)))
            Refuses([.. bytes]);
    }

    [Property(Replay = "1848303,7919", MaxTest = 300)]
    public void RandomBytes_AreRefused(byte[] bytes) => Refuses(bytes);

    [Theory]
    [InlineData("counters", "5")]
    [InlineData("counters", "null")]
    [InlineData("counters", """{"a":1.5}""")]
    [InlineData("counters", """{"a":99999999999999999999}""")]
    [InlineData("numbers", """{"a":"x"}""")]
    [InlineData("texts", """{"a":1}""")]
    [InlineData("texts", "{")]
    [InlineData("step", "")]
    [InlineData("step", "99999999999999999999")]
    [InlineData("score", "good")]
    [InlineData("version", "one")]
    [InlineData("version", "99999999999999999999")]
    [InlineData("sha256", "00")]
    [InlineData("sha256", null)]
    [InlineData("kind", null)]
    [InlineData("configuration", null)]
    [InlineData("numbers", null)]
    public void AHostileHeader_IsRefused(string key, string? value)
    {
        Write(_folder["whole"]);
        Assert.Contains("damaged or cut off", Refuses(WithMetadata(key, value)));
    }

    [Fact]
    public void AnEmptyTensorOfHugeSizes_IsRefused()
    {
        Write(_folder["whole"]);
        byte[] bytes = File.ReadAllBytes(_folder["whole"]);
        int length = SafetensorsHeader.ReadLength(bytes, bytes.Length);
        string json = Encoding.UTF8.GetString(bytes, 8, length).TrimEnd()[..^1]
            + ""","huge":{"dtype":"F32","shape":[0,4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}""";
        byte[] text = Encoding.UTF8.GetBytes(json);
        Refuses([.. BitConverter.GetBytes((long)text.Length), .. text, .. bytes[(8 + length)..]]);
    }

    [Fact]
    public void ForeignFiles_AreNamedForWhatTheyAre()
    {
        Write(_folder["whole"]);
        new SafetensorsFile(new Dictionary<string, WeightTensor> { ["w"] = new([1], [1]) }).Write(_folder["weights"]);
        Assert.Contains("is a safetensors file, but no checkpoint", Refuses(File.ReadAllBytes(_folder["weights"])));
        Assert.Contains("is a safetensors file, but no checkpoint", Refuses(WithMetadata("format", "another-program")));
        Assert.Contains("is a PyTorch file, but no checkpoint", Refuses([(byte)'P', (byte)'K', 3, 4, .. new byte[100]]));
        Assert.Contains("is a PyTorch file, but no checkpoint", Refuses([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, .. new byte[100]]));
        Assert.Contains("has format 2; this program reads up to 1", Refuses(WithMetadata("version", "2")));
        Assert.Contains("damaged or cut off", Refuses(Encoding.UTF8.GetBytes("{ \"a\": 1, \"b\": 2 }")));
        Assert.Contains("damaged or cut off", Refuses([]));
        Assert.Contains("Can't read the checkpoint", Assert.Throws<EdgeSimException>(() => CheckpointFile.Read(_folder["none"])).Message);
        Assert.Contains("Can't read the checkpoint", Assert.Throws<EdgeSimException>(() => CheckpointFile.Read(_folder.Path)).Message);
    }

    [Fact]
    public void ARefusedFile_LeavesNoTensors()
    {
        Write(_folder["whole"]);
        byte[] bytes = File.ReadAllBytes(_folder["whole"]);
        bytes[^1] ^= 1;
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 5; i++)
            Refuses(bytes);
        CheckpointFile.Read(_folder["whole"]).Dispose();
        CheckpointFile.Verify(_folder["whole"]).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void AFullDisk_KeepsTheOldFile_AndLeavesNoPart()
    {
        using SmallDisk disk = new();
        Write(disk["c"]);
        byte[] old = File.ReadAllBytes(disk["c"]);
        using TrainingState large = new("test", "{}");
        large.Put("zeros", zeros(3 << 20, ScalarType.Byte));
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => CheckpointFile.Write(disk["c"], large));
        Assert.Contains($"Can't write '{disk["c"]}'", error.Message);
        Assert.Equal(ExitCode.Output, error.ExitCode);
        Assert.Equal(old, File.ReadAllBytes(disk["c"]));
        Assert.Equal([disk["c"]], Directory.GetFiles(disk.Path));
    }

    [Fact]
    public void UnknownTypes_AreRefusedOnWriting()
    {
        using TrainingState state = new("test", "{}");
        state.Put("complex", zeros(2, ScalarType.ComplexFloat32));
        Assert.Throws<NotSupportedException>(() => CheckpointFile.Write(_folder["c"], state));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private static void Write(string path)
    {
        using TrainingState state = new("test", """{"steps":3}""") { Counters = { ["seed"] = 7 }, Numbers = { ["loss"] = 0.5 } };
        state.Put("byte", arange(3, ScalarType.Byte));
        state.Put("bf16", arange(3, ScalarType.BFloat16));
        state.Put("double", arange(2, ScalarType.Float64));
        state.Put("float", arange(3, ScalarType.Float32));
        CheckpointFile.Write(path, state);
    }

    private byte[] WithMetadata(string key, string? value)
    {
        byte[] bytes = File.ReadAllBytes(_folder["whole"]);
        int length = SafetensorsHeader.ReadLength(bytes, bytes.Length);
        SafetensorsHeader header = SafetensorsHeader.Parse(bytes.AsMemory(8, length), bytes.Length - 8 - length);
        Dictionary<string, string> metadata = new(header.Metadata);
        metadata.Remove(key);
        if (value is not null)
            metadata[key] = value;
        byte[] start = SafetensorsHeader.Lay(header.Entries.Select(entry => (entry.Name, entry.Type, entry.Shape)), metadata).ToBytes();
        return [.. start, .. bytes[(8 + length)..]];
    }

    private TrainingState RoundTrip(TrainingState state)
    {
        CheckpointFile.Write(_folder["round"], state);
        using TrainingState verified = CheckpointFile.Verify(_folder["round"]);
        Assert.Empty(verified.Tensors);
        Assert.Equal(state.Counters, verified.Counters);
        return CheckpointFile.Read(_folder["round"]);
    }

    private string Refuses(byte[] bytes)
    {
        File.WriteAllBytes(_folder["attack"], bytes);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => CheckpointFile.Read(_folder["attack"]));
        Assert.Contains(_folder["attack"], error.Message);
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        Assert.Equal(error.Message, Assert.Throws<EdgeSimException>(() => CheckpointFile.Verify(_folder["attack"])).Message);
        return error.Message;
    }
}
