using System.IO.Compression;
using FsCheck;
using FsCheck.Xunit;

namespace EdgeSimToReal.Core.Tests.Weights;

/// <summary>A .pth file is a program: whatever it asks for, it gets one clear error, soon, and little memory.</summary>
public sealed class TorchAttackTests
{
    private const string Instructions = "(.012NQRabcehjqrstu}])GBCKMJX\u0080\u0085\u0086\u008a\u008c\u0093\u0094";
    private static readonly byte[] FourFloats = TorchFileMaker.Floats(1, 2, 3, 4);

    public static TheoryData<string, string> Programs => new()
    {
        // What the message must say, and the instructions; bytes as hexadecimal in braces.
        { "'os.system'", "cos\nsystem\n(X{04000000}trueTtR." },
        { "'posix.system'", "cposix\nsystem\nX{04000000}true{85}R." },
        { "'builtins.eval'", "{8c08}builtins{8c04}eval{93}{8c01}1{85}R." },
        { "'__builtin__.getattr'", "c__builtin__\ngetattr\n." },
        { "'torch.load'", "ctorch\nload\n." },
        { "'torch._utils._rebuild_parameter_with_state'", "ctorch._utils\n_rebuild_parameter_with_state\n." },
        { "'collections.OrderedDict.fromkeys'", "{8c0b}collections{8c14}OrderedDict.fromkeys{93}." },
        { "'numpy.f2py.load'", "cnumpy\nf2py.load\n." },
        { "'torch.complex32Storage'", "ctorch\ncomplex32Storage\n." },
        { "'argparse.Namespace'", "cargparse\nNamespace\n){81}}b." },
        { "'a?[2Jb.c'", "ca{1b}[2Jb\nc\n." }, // terminals would obey it
        { "instruction INST", "(ios\nsystem\n." },
        { "instruction OBJ", "(No." },
        { "instruction NEWOBJ ", "ccollections\nOrderedDict\n){81}." },
        { "instruction NEWOBJEX", "ccollections\nOrderedDict\n)}{92}." },
        { "instruction EXT1", "{8201}." },
        { "instruction EXT2", "{830100}." },
        { "instruction EXT4", "{8401000000}." },
        { "instruction PERSID", "Pid\n." },
        { "instruction NEXTBUFFER", "{97}." },
        { "instruction BYTEARRAY8", "{960000000000000000}." },
        { "instruction FROZENSET", "({91}." },
        { "instruction EMPTYSET", "{8f}." },
        { "instruction INT ", "I1\n." },
        { "instruction STRING", "S'a'\n." },
        { "instruction GET", "g0\n." },
        { "instruction 0xff", "{ff}." },
        { "calls what is no function", "X{01000000}a)R." },
        { "calls what is no function", "ctorch\nFloatStorage\n)R." },
        { "sets the state", "}}b." },
        { "sets the state", "ccollections\nOrderedDict\n)RK{01}b." },
        { "sets the state", "]}b." },
        { "OrderedDictionary with arguments", "ccollections\nOrderedDict\nK{01}{85}R." },
        { "RebuildTensor with arguments", "ctorch._utils\n_rebuild_tensor_v2\n)R." },
        { "RebuildTensor with arguments", "ctorch._utils\n_rebuild_tensor_v2\n(NK{00}))NNtR." },
        { "RebuildParameter with arguments", "ctorch._utils\n_rebuild_parameter\n(N{88}NtR." },
        { "Encode with arguments", "c_codecs\nencode\n(X{01000000}aX{05000000}rot13tR." },
        { "NumPy value of the type 'O8'", "cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\nX{02000000}O8{85}RC{00}tR." },
        { "refers to something outside", "NQ." },
        { "refers to something outside", "(X{06000000}moduleNNNNtQ." },
        { "arguments are no tuple", "ccollections\nOrderedDict\nNR." },
        { "name is no string", "NN{93}." },
        { "protocol 9", "{8009}." },
        { "an integer of 255 bytes", "{8aff}." },
        { "an integer of 4294967295 bytes", "{8bffffffff}." },
        { "a text of 4294967295 bytes", "X{ffffffff}." },
        { "a text of 9223372036854775807 bytes", "{8dffffffffffffff7f}." },
        { "a text of 18446744073709551615 bytes", "{8effffffffffffffff}." },
        { "memo has more than", "Nr{ffffffff}." },
        { "place 7 of its memo", "h{07}." },
        { "place 3 of its memo", "Nq{09}h{03}." },
        { "its stack is empty", "." },
        { "its stack is empty", "N(0." },
        { "its stack is empty", "(a." },
        { "it has no mark", "t." },
        { "values left over", "NN." },
        { "it ends here", "X{ffff0000}short" },
        { "not UTF-8", "X{02000000}{c328}." },
        { "APPEND meets another", "}Na." },
        { "SETITEM meets another", "]NNs." },
        { "key without a value", "}(Nu." },
        { "no dictionary of tensors", "N." },
        { "no dictionary of tensors", "]q{00}h{00}a." }, // a list within itself
        { "no dictionary of tensors", "}q{00}X{01000000}ah{00}s." }, // a dictionary within itself
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void AHostileProgram_IsRefusedByName_InBothFormats(string asksFor, string program)
    {
        List<byte> bytes = [0x80, 2];
        for (int i = 0; i < program.Length; i++)
        {
            int end = program[i] == '{' ? program.IndexOf('}', i) : -1;
            // A brace pair around hexadecimal digits is bytes; "}" alone is EMPTY_DICT.
            if (end > i + 1 && program[(i + 1)..end].All(char.IsAsciiHexDigitLower))
            {
                bytes.AddRange(Convert.FromHexString(program[(i + 1)..end]));
                i = end;
            }
            else
            {
                bytes.Add((byte)program[i]);
            }
        }
        AssertRefused(TorchFileMaker.Zip([.. bytes]), asksFor);
        AssertRefused(TorchFileMaker.Legacy([.. bytes]), asksFor);
    }

    [Fact]
    public void NothingIsRun()
    {
        using TemporaryFolder folder = new();
        string file = folder["ran"];
        AssertRefused(TorchFileMaker.Zip(new PickleMaker().Global("os", "system").Value(new object?[] { $"touch {file}" }).Raw("R").Done()),
            "nothing of it was run");
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void SharedTuplesWithinTuples_AreNotMultipliedOut()
    {
        PickleMaker bomb = new PickleMaker().Raw("(NNNNNNNNNNtq\0");
        for (byte level = 1; level < 100; level++)
        {
            bomb.Raw("0(");
            for (int i = 0; i < 10; i++)
                bomb.Raw((byte)'h', (byte)(level - 1));
            bomb.Raw("tq").Raw(level);
        }
        AssertRefused(TorchFileMaker.Zip(bomb.Done()), "no dictionary of tensors");
        // The same with dictionaries, which are searched.
        bomb = new PickleMaker().Raw("}q\0");
        for (byte level = 1; level < 100; level++)
        {
            bomb.Raw("0}(");
            for (int i = 0; i < 10; i++)
                bomb.Value($"{i}").Raw((byte)'h', (byte)(level - 1));
            bomb.Raw("uq").Raw(level);
        }
        AssertRefused(TorchFileMaker.Zip(bomb.Done()), "no dictionary of tensors");
    }

    /// <summary>Arguments are made once and used a million times, at a few bytes a call.</summary>
    [Fact]
    public void CallsWithSharedArguments_AreNotMultipliedOut()
    {
        string text = new('a', 100_000);
        List<object?> pairs = [.. Enumerable.Range(0, 10_000).Select(_ => (object?)new object?[] { "a", 1 })];
        long[] ones = [.. Enumerable.Repeat(1L, 64)];
        AssertRefused(Repeated(new PickleMaker().Global("_codecs", "encode").Raw("q\0").Value(new object?[] { text, "latin1" })),
            "Encode with arguments");
        AssertRefused(Repeated(new PickleMaker().Global("collections", "OrderedDict").Raw("q\0").Value(new object?[] { pairs })),
            "calls for more than");
        // The tensor's maker and arguments are left on the stack by a call that is cut off before its REDUCE.
        byte[] tensor = new PickleMaker().Value(new TestTensor("0", "FloatStorage", 1, 0, ones, ones)).Done();
        PickleMaker maker = new PickleMaker().Global("torch._utils", "_rebuild_tensor_v2").Raw("q\0");
        AssertRefused(Repeated(maker.Raw(tensor.AsSpan(2 + "ctorch._utils\n_rebuild_tensor_v2\n".Length)[..^2])), "calls for more than");

        static byte[] Repeated(PickleMaker function)
        {
            function.Raw("q").Raw(1).Raw("R");
            for (int i = 0; i < 200_000; i++)
                function.Raw("h\0h").Raw(1).Raw("R");
            return TorchFileMaker.Zip(function.Done());
        }
    }

    [Fact]
    public void DeepNesting_AndEndlessPrograms_AreRefused()
    {
        AssertRefused(TorchFileMaker.Zip([0x80, 2, .. Enumerable.Repeat((byte)'(', 100_000)]), "nests more than");
        AssertRefused(TorchFileMaker.Zip([0x80, 2, .. Enumerable.Repeat((byte)'}', 6_000_000)]), "more than 5000000 instructions");
        AssertRefused(TorchFileMaker.Zip([0x80, 2, (byte)']', .. Enumerable.Repeat((byte)0x85, 100_000), (byte)'.']),
            "no dictionary of tensors");
    }

    public static TheoryData<string, string, long, long, long[], long[]> Views => new()
    {
        { "reaches element 4", "FloatStorage", 4, 1, [4], [1] },
        { "reaches element 6", "FloatStorage", 4, 0, [2, 2], [5, 1] },
        { "the offset -1", "FloatStorage", 4, -1, [2], [1] },
        { "strides [-1]", "FloatStorage", 4, 3, [4], [-1] },
        { "sizes [-4]", "FloatStorage", 4, 0, [-4], [1] },
        { "2 sizes and 1 strides", "FloatStorage", 4, 0, [2, 2], [1] },
        { "reaches element", "FloatStorage", 4, long.MaxValue, [2], [1] },
        { "reaches element", "FloatStorage", 4, 0, [2, 2], [long.MaxValue, long.MaxValue] },
        { "reaches element", "FloatStorage", 4, long.MaxValue, [2, 2, 2], [long.MaxValue, long.MaxValue, long.MaxValue] },
        { "a tensor has the sizes", "FloatStorage", 4, 0, [65536, 65536, 65536, 65536], [0, 0, 0, 0] },
        { "a tensor has the sizes", "FloatStorage", 4, 0, [2147483647, 2147483647, 2], [0, 0, 0] },
        { "sizes [9223372036854775807]", "FloatStorage", 4, 0, [long.MaxValue], [0] },
        { "claim 268435456 values", "FloatStorage", 4, 0, [1 << 28], [0] }, // 16 bytes of file, 1 GB of memory
        { "has 16 bytes instead of 32", "DoubleStorage", 4, 0, [4], [1] },
        { "instead of", "FloatStorage", 5, 0, [4], [1] },
        { "instead of", "FloatStorage", 3, 0, [3], [1] },
        { "of the file's", "FloatStorage", 1L << 30, 0, [1 << 30], [1] },
        { "has 1099511627776 elements", "FloatStorage", 1L << 40, 0, [4], [1] },
        { "has 9223372036854775807 elements", "FloatStorage", long.MaxValue, 0, [4], [1] },
        { "has -4 elements", "FloatStorage", -4, 0, [], [] },
    };

    [Theory]
    [MemberData(nameof(Views))]
    public void ATensorThatLies_IsRefused(string why, string type, long count, long offset, long[] sizes, long[] strides)
    {
        byte[] pickle = TorchFileMaker.Pickle(("a", new TestTensor("0", type, count, offset, sizes, strides)));
        AssertRefused(TorchFileMaker.Zip(pickle, storages: ("0", FourFloats)), why);
        AssertRefused(TorchFileMaker.Legacy(pickle, storages: ("0", 4, FourFloats)));
        AssertRefused(TorchFileMaker.Legacy(pickle, storages: ("0", count, FourFloats)), count > 4 || type != "FloatStorage" ? null : why,
            mustFail: count != 3);
    }

    [Fact]
    public void ManyNamesOfOneStorage_AreNotMultipliedOut()
    {
        TestTensor tensor = new("0", "FloatStorage", 1 << 18, 0, [1 << 18], [1]);
        byte[] pickle = TorchFileMaker.Pickle([.. Enumerable.Range(0, 1000).Select(i => ($"t{i}", (object?)tensor))]);
        AssertRefused(TorchFileMaker.Zip(pickle, storages: ("0", new byte[1 << 20])), "claim 262144000 values of the 262144");
    }

    [Fact]
    public void StoragesThatContradictEachOther_AreRefused()
    {
        TestTensor one = new("0", "FloatStorage", 4, 0, [4], [1]);
        TestTensor other = one with { Type = "IntStorage" };
        AssertRefused(TorchFileMaker.Zip(TorchFileMaker.Pickle(("a", one), ("b", other)), storages: ("0", FourFloats)), "two types");
        AssertRefused(TorchFileMaker.Zip(TorchFileMaker.Pickle(("a", one), ("a", one)), storages: ("0", FourFloats)), "'a' occurs twice");
        AssertRefused(TorchFileMaker.Zip(TorchFileMaker.Pickle(("a\n", one)), storages: ("0", FourFloats)), "has the name 'a?'");
        AssertRefused(TorchFileMaker.Zip(TorchFileMaker.Pickle(("a", one))), "no entry 'data/0'");
        AssertRefused(TorchFileMaker.Zip(TorchFileMaker.Pickle(("a", one with { Key = "../x" })), storages: ("0", FourFloats)), "no entry");
        AssertRefused(TorchFileMaker.Zip(TorchFileMaker.Pickle(("a", one with { Key = new string('k', 65) }))), "a storage named 'kkk");
        byte[] pickle = TorchFileMaker.Pickle(("a", one));
        AssertRefused(TorchFileMaker.Legacy(pickle), "no storage '0'");
        AssertRefused(TorchFileMaker.Legacy(pickle, storages: [("0", 4, FourFloats), ("0", 4, FourFloats)]), "occurs twice");
        AssertRefused(TorchFileMaker.Legacy(pickle, storages: [("0", 4, FourFloats), ("1", 4, FourFloats)]), "that no tensor names");
        AssertRefused(TorchFileMaker.Legacy(pickle, storages: ("0", 4, FourFloats[..15])), "ends within");
        TestTensor view = one with { View = ["v", 2L, 3L], Sizes = [1] };
        AssertRefused(TorchFileMaker.Legacy(TorchFileMaker.Pickle(("a", view)), storages: ("0", 4, FourFloats)), "reaches outside");
    }

    [Theory]
    [InlineData("../archive/data/0")]
    [InlineData("archive/../x")]
    [InlineData("/etc/passwd")]
    [InlineData("archive//x")]
    [InlineData("archive/./x")]
    [InlineData("archive\\x")]
    [InlineData("c:/x")]
    [InlineData("archive/x\u001b[2J")]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("other/data.pkl")]
    [InlineData("archive/data.pkl")]
    [InlineData("archive/constants.pkl")]
    public void AnEntryWithAnOddName_IsRefused(string name) => AssertRefused(
        new ZipMaker(false).Add("archive/data.pkl", TorchFileMaker.Pickle()).Add(name, FourFloats).Done());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ZipBombs_AreRefused(bool zip64)
    {
        byte[] pickle = TorchFileMaker.Pickle(("a", new TestTensor("0", "FloatStorage", 1 << 26, 0, [1 << 26], [1])));
        using MemoryStream deflated = new();
        using (DeflateStream deflate = new(deflated, CompressionLevel.SmallestSize, leaveOpen: true))
            deflate.Write(new byte[1 << 20]);
        AssertRefused(new ZipMaker(zip64).Add("archive/data.pkl", pickle)
            .Add("archive/data/0", deflated.ToArray(), size: 1 << 28, method: 8).Done(), "compressed");
        // Claims more than it has, without compression.
        AssertRefused(new ZipMaker(zip64).Add("archive/data.pkl", pickle).Add("archive/data/0", FourFloats, size: 1 << 28).Done());
        // Many entries on the same bytes.
        ZipMaker overlapping = new(zip64);
        overlapping.Add("archive/data.pkl", new byte[100_000]);
        for (int i = 0; i < 100; i++)
            overlapping.Add($"archive/data/{i}", FourFloats, size: 100_000, offset: 0);
        AssertRefused(overlapping.Done());
    }

    [Property(Replay = "1848303,7919", MaxTest = 300)]
    public void RandomPickles_GiveNothingButOneError(byte[] bytes)
    {
        AssertRefused(TorchFileMaker.Zip(bytes));
        AssertRefused([0x80, .. bytes]);
        AssertRefused([.. "PK\x03\x04"u8, .. bytes]);
    }

    [Property(Replay = "1848303,7919", MaxTest = 2000)]
    public void AMutatedFile_IsReadOrRefused_InLittleTimeAndMemory(int seed, PositiveInt changes)
    {
        Random random = new(seed);
        byte[] pickle = Convert.FromBase64String(random.Next(2) == 0 ? PythonPickles.Protocol2 : PythonPickles.Protocol4);
        (byte[] Floats, byte[] Half) data = (TorchFileMaker.Floats(1, 2, 3, 4, 5, 6), [0, 0, 0, 0x3e]);
        bool whole = random.Next(2) == 0; // the whole file, or the pickle within a sound file
        if (!whole)
            pickle = Mutate(pickle, random, changes.Get);
        byte[] file = random.Next(2) == 0
            ? TorchFileMaker.Zip(pickle, zip64: random.Next(2) == 0, storages: [("0", data.Floats), ("1", data.Half)])
            : TorchFileMaker.Legacy(pickle, storages: [("0", 6, data.Floats), ("1", 2, data.Half)]);
        AssertRefused(whole ? Mutate(file, random, changes.Get) : file, mustFail: false);
    }

    [Fact]
    public void ATruncatedFile_IsRefused_WhereverItEnds()
    {
        byte[] pickle = TorchFileMaker.Pickle(("a", new TestTensor("0", "FloatStorage", 4, 0, [4], [1])));
        foreach (byte[] file in new[]
        {
            TorchFileMaker.Zip(pickle, storages: ("0", FourFloats)),
            TorchFileMaker.Zip(pickle, zip64: true, storages: ("0", FourFloats)),
            TorchFileMaker.Legacy(pickle, storages: ("0", 4, FourFloats)),
        })
        {
            Assert.Single(TorchFileMaker.Read(file).Tensors);
            for (int length = 0; length < file.Length; length++)
                AssertRefused(file[..length]);
        }
    }

    private static byte[] Mutate(byte[] source, Random random, int changes)
    {
        List<byte> bytes = [.. source];
        for (int i = 0; i < 1 + (changes % 6); i++)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = (byte)Instructions[random.Next(Instructions.Length)];
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(8), bytes.Count - at - 1));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(8), bytes.Count - at)));
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>One EdgeSimException or (unless it must fail) a result; memory in proportion to the file.</summary>
    private static void AssertRefused(byte[] file, string? message = null, bool mustFail = true)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? error = Record.Exception(() => TorchFileMaker.Read(file));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, (100L * file.Length) + (64 << 20));
        if (error is null && !mustFail)
            return;
        Assert.True(error is EdgeSimException, $"{error}");
        Assert.Equal(ExitCode.BadInput, ((EdgeSimException)error).ExitCode);
        Assert.DoesNotContain(error.Message, char.IsControl);
        if (message is not null)
            Assert.Contains(message, error.Message);
    }
}
