using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Makes one symbol version that a shared library needs optional (VER_FLG_WEAK) where this system's libstdc++ lacks it.
/// Compiled by MSBuild itself (C# 7), see LoadFix.targets.
/// </summary>
public sealed class WeakVersionNeed : Task
{
    private const int SectionVersionNeed = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort WeakFlag = 2; // VER_FLG_WEAK

    [Required]
    public string Library { get; set; }

    [Required]
    public string SymbolVersion { get; set; }

    public override bool Execute()
    {
        byte[] image = File.ReadAllBytes(Library);
        int flags = FindFlags(image);
        if (flags < 0 || (image[flags] & WeakFlag) != 0 || SystemProvides())
            return true;
        image[flags] |= (byte)WeakFlag;
        // A new file under the old name: the old one may be a hard link to the package cache, which stays as it is.
        // The time is kept, so that the next incremental build doesn't copy the library again.
        DateTime time = File.GetLastWriteTimeUtc(Library);
        string part = Library + ".part";
        File.WriteAllBytes(part, image);
        File.SetLastWriteTimeUtc(part, time);
        File.Delete(Library);
        File.Move(part, Library);
        Log.LogMessage(MessageImportance.Normal, "{0}: the need of {1} is optional now, since this system's libstdc++ lacks it.",
            Library, SymbolVersion);
        return true;
    }

    /// <summary>Offset of the version need's flags (vna_flags); -1 where the file isn't such a library or lacks the need.</summary>
    private int FindFlags(byte[] image)
    {
        bool elf64 = image.Length > 64 && image[0] == 0x7f && image[1] == 'E' && image[2] == 'L' && image[3] == 'F'
            && image[4] == 2 && image[5] == 1;
        if (!elf64)
            return -1;
        int table = (int)BitConverter.ToInt64(image, 0x28); // section headers: e_shoff, e_shentsize, e_shnum
        int size = BitConverter.ToUInt16(image, 0x3A), count = BitConverter.ToUInt16(image, 0x3C);
        for (int section = table; section < table + (size * count); section += size)
        {
            if (BitConverter.ToInt32(image, section + 4) != SectionVersionNeed)
                continue;
            int strings = (int)BitConverter.ToInt64(image, table + (size * BitConverter.ToInt32(image, section + 40)) + 24);
            for (int need = (int)BitConverter.ToInt64(image, section + 24), step = -1; step != 0; need += step)
            {
                step = BitConverter.ToInt32(image, need + 12); // vn_next
                for (int entry = need + BitConverter.ToInt32(image, need + 8), next = -1; next != 0; entry += next)
                {
                    next = BitConverter.ToInt32(image, entry + 12); // vna_next
                    int name = strings + BitConverter.ToInt32(image, entry + 8);
                    int end = Array.IndexOf(image, (byte)0, name);
                    if (Encoding.ASCII.GetString(image, name, end - name) == SymbolVersion)
                        return entry + 4;
                }
            }
        }
        return -1;
    }

    /// <summary>Whether the libstdc++ that the loader would take defines the version.</summary>
    private bool SystemProvides()
    {
        string folders = Environment.GetEnvironmentVariable("LD_LIBRARY_PATH")
            + ":/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib64:/usr/lib64:/lib:/usr/lib";
        foreach (string folder in folders.Split(new[] { ':' }, StringSplitOptions.RemoveEmptyEntries))
        {
            string path = Path.Combine(folder, "libstdc++.so.6");
            if (File.Exists(path))
                return Encoding.GetEncoding(28591).GetString(File.ReadAllBytes(path)).Contains(SymbolVersion + "\0");
        }
        return false;
    }
}
