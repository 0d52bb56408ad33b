namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>A pickle machine that builds numbers, strings and containers, and nothing else.</summary>
/// <remarks>
/// A pickle is a program for a stack machine. This one obeys the instructions that plain data needs, leaves every global to
/// <see cref="PickleObjects"/> (which knows a handful and makes inert values of them), and refuses the rest by name. Its work and
/// memory are bounded before they are spent: instructions, bytes, memo, nesting, lengths.
/// Values are null, bool, long, double, string, byte[], <c>object?[]</c> (tuple), <c>List&lt;object?&gt;</c>,
/// <see cref="PickleDictionary"/>, and what <see cref="PickleObjects"/> makes.
/// </remarks>
internal sealed partial class PickleReader(Stream stream, PickleObjects objects)
{
    /// <summary>The longest pickle that is read; a state dictionary of 10,000 tensors takes about 2 MB.</summary>
    public const int MaxBytes = 64 << 20;

    private const int MaxInstructions = 5_000_000;
    private const int MaxMemo = 2_000_000;
    private const int MaxMarks = 1000;
    private const int MaxText = 1 << 20;

    // What a memo slot holds that was never put.
    private static readonly object Unset = new();

    private readonly List<object?> _stack = [];
    private readonly List<object?> _memo = [];
    private readonly List<int> _marks = []; // stack heights at each open mark
    private long _position;

    /// <summary>Runs one pickle, up to its STOP; the stream then stands behind it.</summary>
    /// <exception cref="FormatException">The pickle is damaged.</exception>
    /// <exception cref="NotSupportedException">It asks for what plain data doesn't need, or exceeds a limit.</exception>
    public object? Read()
    {
        for (int count = 0; count < MaxInstructions; count++)
        {
            PickleOpcode opcode = (PickleOpcode)ReadByte();
            if (opcode == PickleOpcode.Stop)
            {
                object? result = Pop();
                return _stack.Count == 0 && _marks.Count == 0 ? result : throw Damaged("it stops with values left over");
            }
            Execute(opcode);
        }
        throw new NotSupportedException($"its pickle has more than {MaxInstructions} instructions");
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                int protocol = ReadByte();
                if (protocol is < 2 or > 5)
                    throw new NotSupportedException($"its pickle has protocol {protocol}; 2 to 5 are read");
                break;
            case PickleOpcode.Frame:
                ReadUInt64(); // a hint for buffering
                break;
            case PickleOpcode.Mark:
                if (_marks.Count == MaxMarks)
                    throw new NotSupportedException($"its pickle nests more than {MaxMarks} deep");
                _marks.Add(_stack.Count);
                break;
            case PickleOpcode.Pop:
                Pop();
                break;
            case PickleOpcode.PopMark:
                PopToMark();
                break;
            case PickleOpcode.Dup:
                Push(Top());
                break;
            case PickleOpcode.None:
                Push(null);
                break;
            case PickleOpcode.NewTrue:
                Push(true);
                break;
            case PickleOpcode.NewFalse:
                Push(false);
                break;
            case PickleOpcode.BinInt or PickleOpcode.BinInt1 or PickleOpcode.BinInt2 or PickleOpcode.Long1 or PickleOpcode.Long4:
                Push(ReadInteger(opcode));
                break;
            case PickleOpcode.BinFloat:
                Push(ReadDouble());
                break;
            case PickleOpcode.BinUnicode or PickleOpcode.ShortBinUnicode or PickleOpcode.BinUnicode8
                or PickleOpcode.BinString or PickleOpcode.ShortBinString:
                Push(ReadText(opcode));
                break;
            case PickleOpcode.BinBytes or PickleOpcode.ShortBinBytes or PickleOpcode.BinBytes8:
                Push(ReadBytes(ReadLength(opcode)));
                break;
            case PickleOpcode.EmptyTuple:
                Push(Array.Empty<object?>());
                break;
            case PickleOpcode.Tuple:
                Push(PopToMark());
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                object?[] tuple = new object?[1 + opcode - PickleOpcode.Tuple1];
                for (int i = tuple.Length - 1; i >= 0; i--)
                    tuple[i] = Pop();
                Push(tuple);
                break;
            case PickleOpcode.EmptyList:
                Push(new List<object?>(0));
                break;
            case PickleOpcode.List:
                Push(new List<object?>(PopToMark()));
                break;
            case PickleOpcode.Append:
                object? last = Pop();
                Top<List<object?>>(opcode).Add(last);
                break;
            case PickleOpcode.Appends:
                object?[] items = PopToMark();
                Top<List<object?>>(opcode).AddRange(items);
                break;
            case PickleOpcode.EmptyDict:
                Push(new PickleDictionary());
                break;
            case PickleOpcode.Dict:
                PickleDictionary made = new();
                Fill(made, PopToMark());
                Push(made);
                break;
            case PickleOpcode.SetItem:
                object? value = Pop(), key = Pop();
                Top<PickleDictionary>(opcode).Add(key, value);
                break;
            case PickleOpcode.SetItems:
                object?[] pairs = PopToMark();
                Fill(Top<PickleDictionary>(opcode), pairs);
                break;
            case PickleOpcode.BinPut:
                Put(ReadByte());
                break;
            case PickleOpcode.LongBinPut:
                Put(ReadUInt32());
                break;
            case PickleOpcode.Memoize:
                Put(_memo.Count);
                break;
            case PickleOpcode.BinGet:
                Push(Get(ReadByte()));
                break;
            case PickleOpcode.LongBinGet:
                Push(Get(ReadUInt32()));
                break;
            case PickleOpcode.Global:
                string module = ReadLine();
                Push(PickleObjects.Global(module, ReadLine()));
                break;
            case PickleOpcode.StackGlobal:
                object? name = Pop(), from = Pop();
                Push(name is string n && from is string m ? PickleObjects.Global(m, n) : throw Damaged("a global's name is no string"));
                break;
            case PickleOpcode.BinPersId:
                Push(objects.Persistent(Pop()));
                break;
            case PickleOpcode.Reduce:
                object? arguments = Pop(), callable = Pop();
                Push(objects.Call(callable, arguments as object?[] ?? throw Damaged("a call's arguments are no tuple")));
                break;
            case PickleOpcode.Build:
                object? state = Pop();
                PickleObjects.SetState(Top(), state);
                break;
            default:
                string which = Enum.IsDefined(opcode) ? Name(opcode) : $"0x{(byte)opcode:x2}";
                throw new NotSupportedException(
                    $"its pickle has the instruction {which} at byte {_position - 1}, which a plain state dictionary never has");
        }
    }

    private static void Fill(PickleDictionary dictionary, object?[] pairs)
    {
        if (pairs.Length % 2 != 0)
            throw new FormatException("a dictionary of its pickle has a key without a value");
        for (int i = 0; i < pairs.Length; i += 2)
            dictionary.Add(pairs[i], pairs[i + 1]);
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Top() => _stack.Count > Floor ? _stack[^1] : throw Damaged("its stack is empty");

    private T Top<T>(PickleOpcode opcode)
        where T : class => Top() as T ?? throw Damaged($"{Name(opcode)} meets another kind of value");

    private static string Name(PickleOpcode opcode) => opcode.ToString().ToUpperInvariant();

    private object? Pop()
    {
        object? value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
            throw Damaged("it has no mark");
        int start = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        object?[] items = [.. _stack[start..]];
        _stack.RemoveRange(start, items.Length);
        return items;
    }

    // Values below the last mark are out of reach until the mark is taken.
    private int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    private void Put(long index)
    {
        if (index >= MaxMemo)
            throw new NotSupportedException($"its pickle's memo has more than {MaxMemo} places");
        while (_memo.Count <= index)
            _memo.Add(Unset);
        _memo[(int)index] = Top();
    }

    private object? Get(long index) => index < _memo.Count && _memo[(int)index] != Unset
        ? _memo[(int)index] : throw Damaged($"place {index} of its memo is empty");

    private FormatException Damaged(string what) => new($"its pickle is damaged at byte {_position}: {what}");
}
