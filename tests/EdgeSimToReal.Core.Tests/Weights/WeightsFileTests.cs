using EdgeSimToReal.Core.Weights;

namespace EdgeSimToReal.Core.Tests.Weights;

public sealed class WeightsFileTests
{
    [Theory]
    [InlineData("FloatStorage", "0000C03F000000C0", 1.5f, -2f)]
    [InlineData("DoubleStorage", "000000000000F83F00000000000000C0", 1.5f, -2f)]
    [InlineData("HalfStorage", "003E00C0", 1.5f, -2f)]
    [InlineData("BFloat16Storage", "C03F00C0", 1.5f, -2f)]
    [InlineData("LongStorage", "0300000000000000FFFFFFFFFFFFFFFF", 3f, -1f)]
    [InlineData("IntStorage", "03000000FFFFFFFF", 3f, -1f)]
    [InlineData("ShortStorage", "0300FFFF", 3f, -1f)]
    [InlineData("CharStorage", "03FF", 3f, -1f)]
    [InlineData("ByteStorage", "03FF", 3f, 255f)]
    [InlineData("BoolStorage", "0001", 0f, 1f)]
    public void EachType_IsRead_FromBothFormats_AndByteOrders(string type, string hex, float first, float second)
    {
        byte[] data = Convert.FromHexString(hex), swapped = [.. data.Chunk(data.Length / 2).SelectMany(element => element.Reverse())];
        byte[] pickle = TorchFileMaker.Pickle(("a", TestTensor.Dense("7", type, 2)));
        byte[][] files =
        [
            TorchFileMaker.Zip(pickle, storages: ("7", data)),
            TorchFileMaker.Zip(pickle, zip64: true, byteOrder: null, storages: ("7", data)),
            TorchFileMaker.Zip(pickle, byteOrder: "big", storages: ("7", swapped)),
            TorchFileMaker.Legacy(pickle, storages: ("7", 2, data)),
            TorchFileMaker.Legacy(pickle, littleEndian: false, storages: ("7", 2, swapped)),
        ];
        foreach (byte[] file in files)
        {
            WeightsFile read = TorchFileMaker.Read(file);
            Assert.Equal([first, second], Assert.Single(read.Tensors).Value.Values);
            Assert.Equal(file[0] == 'P' ? WeightsFormat.TorchZip : WeightsFormat.TorchLegacy, read.Format);
        }
    }

    [Fact]
    public void ViewsOfOneStorage_AreGathered()
    {
        float[] values = [.. Enumerable.Range(0, 24).Select(i => (float)i)];
        TestTensor Tensor(long offset, long[] sizes, long[] strides) => new("0", "FloatStorage", 24, offset, sizes, strides);
        (string, object?)[] items =
        [
            ("whole", Tensor(0, [2, 3, 4], [12, 4, 1])),
            ("transposed", Tensor(0, [4, 2], [1, 4]) with { Parameter = true }),
            ("permuted", Tensor(0, [4, 2, 3], [1, 12, 4])),
            ("channels last", Tensor(0, [1, 2, 2, 3], [12, 1, 6, 2])),
            ("slice", Tensor(5, [2, 2], [4, 1])),
            ("step", Tensor(23, [1], [1000])),
            ("scalar", Tensor(7, [], [])),
            ("expanded", Tensor(3, [2, 2], [0, 1])),
            ("empty", Tensor(24, [0, 5], [5, 1])),
        ];
        byte[] pickle = TorchFileMaker.Pickle(items);
        foreach (byte[] file in new[]
        {
            TorchFileMaker.Zip(pickle, storages: ("0", TorchFileMaker.Floats(values))),
            TorchFileMaker.Legacy(pickle, storages: ("0", 24, TorchFileMaker.Floats(values))),
        })
        {
            IReadOnlyDictionary<string, WeightTensor> read = TorchFileMaker.Read(file).Tensors;
            Check("whole", [2, 3, 4], values);
            Check("transposed", [4, 2], [0, 4, 1, 5, 2, 6, 3, 7]);
            Check("permuted", [4, 2, 3], [0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23]);
            Check("channels last", [1, 2, 2, 3], [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
            Check("slice", [2, 2], [5, 6, 9, 10]);
            Check("step", [1], [23]);
            Check("scalar", [], [7]);
            Check("expanded", [2, 2], [3, 4, 3, 4]);
            Check("empty", [0, 5], []);

            void Check(string name, int[] shape, float[] expected)
            {
                Assert.Equal(shape, read[name].Shape);
                Assert.Equal(expected, read[name].Values);
            }
        }
    }

    [Fact]
    public void TensorsOfOneStorage_HaveTheirOwnArrays()
    {
        TestTensor tied = TestTensor.Dense("0", "FloatStorage", 1);
        WeightsFile read = TorchFileMaker.Read(TorchFileMaker.Zip(TorchFileMaker.Pickle(("a", tied), ("b", tied)),
            storages: ("0", TorchFileMaker.Floats(1))));
        read.Tensors["a"].Values[0] = 2;
        Assert.Equal(1, read.Tensors["b"].Values[0]);
    }

    [Fact]
    public void AViewOfALegacyStorage_CountsFromItsOwnStart()
    {
        byte[] pickle = TorchFileMaker.Pickle(
            ("a", new TestTensor("0", "FloatStorage", 4, 1, [2], [1]) { View = ["1", 1L, 3L] }));
        Assert.Equal([2f, 3f], TorchFileMaker.Read(TorchFileMaker.Legacy(pickle, storages: ("0", 4, TorchFileMaker.Floats(0, 1, 2, 3))))
            .Tensors["a"].Values);
    }

    [Theory]
    [InlineData(PythonPickles.Protocol2)]
    [InlineData(PythonPickles.Protocol4)]
    public void ATrainingCheckpoint_OfCPythonsPickler_IsRead(string pickle)
    {
        byte[] bytes = Convert.FromBase64String(pickle), half = [0, 0, 0, 0x3e];
        float[] values = [1, 2, 3, 4, 5, 6];
        foreach (byte[] file in new[]
        {
            TorchFileMaker.Zip(bytes, storages: [("0", TorchFileMaker.Floats(values)), ("1", half)]),
            TorchFileMaker.Legacy(bytes, storages: [("0", 6, TorchFileMaker.Floats(values)), ("1", 2, half)]),
        })
        {
            WeightsFile read = TorchFileMaker.Read(file);
            Assert.Equal("model_state", read.Container);
            Assert.Equal(["a.t", "a.weight", "b"], read.Tensors.Keys.Order());
            Assert.Equal(values, read.Tensors["a.weight"].Values);
            Assert.Equal([1f, 4, 2, 5, 3, 6], read.Tensors["a.t"].Values);
            Assert.Equal("[]", read.Tensors["b"].ShapeText);
            Assert.Equal([1.5f], read.Tensors["b"].Values);
            Assert.Equal("70000", read.Metadata["cur_itrs"]);
            Assert.Equal("0.5", read.Metadata["best_score"]);
            Assert.Equal("1099511627776", read.Metadata["big"]);
            Assert.Equal("-5", read.Metadata["neg"]);
            Assert.Empty(read.Skipped);
        }
    }

    [Fact]
    public void WhatIsNoTensor_IsNamed()
    {
        WeightsFile read = TorchFileMaker.Read(TorchFileMaker.Zip(
            TorchFileMaker.Pickle(("a", TestTensor.Dense("0", "FloatStorage", 1)), ("epoch", 3), ("opt", new StateDict())),
            storages: ("0", TorchFileMaker.Floats(1))));
        Assert.Equal(["epoch", "opt"], read.Skipped);
        Assert.Equal("", read.Container);
    }

    [Fact]
    public void AmongSeveralDictionaries_TheUsualNameCounts_ElseAllAreNamed()
    {
        TestTensor a = TestTensor.Dense("0", "FloatStorage", 1), b = TestTensor.Dense("1", "FloatStorage", 1);
        Assert.Equal([1f], Read("state_dict").Tensors["w"].Values);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => Read("g"));
        Assert.Contains("(ema, g)", error.Message);

        WeightsFile Read(string name) => TorchFileMaker.Read(TorchFileMaker.Zip(
            new PickleMaker().Value(new (string, object?)[] { ("ema", new StateDict(("w", b))), (name, new StateDict(("w", a))) }).Done(),
            storages: [("0", TorchFileMaker.Floats(1)), ("1", TorchFileMaker.Floats(2))]));
    }

    [Fact]
    public void ASafetensorsFile_GivesTheSameResult_WhateverItsName()
    {
        using TemporaryFolder folder = new();
        new SafetensorsFile(new Dictionary<string, WeightTensor> { ["a"] = new([1], [2]) }, new Dictionary<string, string> { ["k"] = "v" })
            .Write(folder["w.pth"]);
        WeightsFile read = WeightsFile.Read(folder["w.pth"]);
        Assert.Equal(WeightsFormat.Safetensors, read.Format);
        Assert.Equal([2f], read.Tensors["a"].Values);
        Assert.Equal("v", read.Metadata["k"]);
    }

    [Fact]
    public void AFileOfAnotherKind_OrNone_IsOneClearError()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["page.pth"], "<!doctype html><p>404");
        Assert.Contains("neither a safetensors file nor a PyTorch checkpoint",
            Assert.Throws<EdgeSimException>(() => WeightsFile.Read(folder["page.pth"])).Message);
        Assert.Contains("Can't read the weights file", Assert.Throws<EdgeSimException>(() => WeightsFile.Read(folder["none.pth"])).Message);
        File.WriteAllText(folder["cut.safetensors"], "no");
        Assert.Contains("not a valid safetensors file",
            Assert.Throws<EdgeSimException>(() => WeightsFile.Read(folder["cut.safetensors"])).Message);
    }
}
